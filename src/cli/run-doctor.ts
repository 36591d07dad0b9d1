import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.js';
import { openNats } from '../connection.js';
import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import { eventStream, JOURNAL_STREAM } from '../core/subjects.js';
import { checkServerVersion } from '../nats-server/fitness.js';
import { serverFiles } from '../nats-server/server-files.js';
import { unfitStreamFields } from '../nats-server/stream-fitness.js';
import type { StreamSettings } from '../store/topology.js';
import { askReadiness } from './ask-readiness.js';
import { diagnoseReadSide } from './doctor-read-side.js';
import { type Diagnosis, diagnosisText } from './doctor-report.js';
import type { StreamReport } from './examination.js';
import { examineAggregate, examineStream } from './examine.js';
import { EXIT, Stop } from './exit.js';
import { type Finding, finding } from './finding.js';
import { type Io, paintFor, write } from './io.js';
import { createLog } from './log.js';
import type { Composition } from './program.js';
import { progress } from './progress.js';
import { type ReadingStore, readingStore } from './reading-store.js';
import { settings } from './settings.js';

export type DoctorOptions = {
  readonly type?: string;
  readonly id?: string;
  readonly json?: boolean;
  readonly readSide?: boolean;
  readonly server?: string;
};
type Wanted = { readonly definitions: readonly Aggregate[]; readonly id: string | undefined };

const wantedOf = (all: readonly Aggregate[], { type, id }: DoctorOptions): Wanted => {
  if (type === undefined) {
    if (id !== undefined) throw new Stop('--id goes with --type', EXIT.usage);
    return { definitions: all, id };
  }
  const found = registry(all).aggregate(type);
  if (found) return { definitions: [found], id };
  const names = all.map(({ slug }) => slug).join(', ');
  throw new Stop(`there is no aggregate type "${type}"; there are ${names}`, EXIT.notFound);
};

/** Is the stream there, and does it keep what it is given? */
const examineSettings = async (
  store: ReadingStore,
  stream: string,
  { wanted, replicas }: { readonly wanted: StreamSettings; readonly replicas: number },
): Promise<{ readonly last: number; readonly findings: readonly Finding[] }> => {
  const found = await store.stream(stream);
  if (!found)
    return { last: 0, findings: [finding('STREAM_MISSING', 'it does not exist', { stream })] };
  const findings: Finding[] = unfitStreamFields(wanted, found.config).map(
    ({ field, wanted, actual, fix }) =>
      finding('STREAM_UNFIT', `${field} is ${actual}, must be ${wanted}`, { stream, todo: fix }),
  );
  if (found.replicas < replicas)
    findings.push(
      finding(
        'STREAM_UNFIT',
        `it has ${found.replicas} copies, STELE_REPLICAS asks for ${replicas}`,
        {
          stream,
          todo: `add copies with \`nats stream edit ${stream} --replicas ${replicas}\``,
        },
      ),
    );
  return { last: found.last, findings };
};

const examineJournal = async (store: ReadingStore, last: number, findings: Finding[]) => {
  const journal = { messages: 0, entries: 0 };
  for await (const { sequence, entries } of store.journal(last)) {
    journal.messages += 1;
    if (typeof entries === 'number') journal.entries += entries;
    else
      findings.push(finding('JOURNAL_UNREADABLE', entries, { stream: JOURNAL_STREAM, sequence }));
  }
  return journal;
};

const examineAll = async (
  store: ReadingStore,
  { definitions, id }: Wanted,
  { topology, io, replicas }: Composition & { readonly replicas: number },
): Promise<Pick<Diagnosis, 'streams' | 'journal' | 'findings'>> => {
  const findings: Finding[] = [];
  const streams: StreamReport[] = [];
  const lasts = new Map<Aggregate, number>();
  for (const definition of definitions) {
    const stream = eventStream(definition.slug);
    const { last, findings: found } = await examineSettings(store, stream, {
      wanted: topology.events,
      replicas,
    });
    findings.push(...found);
    lasts.set(definition, last);
  }
  const total = [...lasts.values()].reduce((sum, last) => sum + last, 0);
  const shown = progress(io, 'examining', total);
  let before = 0;
  try {
    for (const [definition, last] of lasts) {
      const onProgress = (done: number) => shown.at(before + done, eventStream(definition.slug));
      const report =
        id === undefined
          ? await examineStream({ store, definition, onProgress }, last)
          : await examineAggregate({ store, definition }, id);
      if (!report) throw new Stop(`there is no ${definition.name} ${id}`, EXIT.notFound);
      streams.push(report);
      findings.push(...report.findings);
      before += last;
    }
    if (id !== undefined) return { streams, journal: null, findings };
    const { last, findings: found } = await examineSettings(store, JOURNAL_STREAM, {
      wanted: topology.journal,
      replicas,
    });
    findings.push(...found);
    return { streams, journal: await examineJournal(store, last, findings), findings };
  } finally {
    shown.stop();
  }
};

const checkThere = ({ nats, dataDir }: Config): void => {
  if (nats || existsSync(serverFiles(resolve(dataDir)).storeDir)) return;
  throw new Stop(
    `there is no store in ${dataDir}: name its directory in STELE_DATA, or its servers in NATS_URL`,
    EXIT.notFound,
  );
};

/** Examine the store and show what was found. Settles with the exit code. */
export const runDoctor = async (
  composition: Composition,
  options: DoctorOptions,
): Promise<number> => {
  const { io, definitions } = composition;
  if (options.readSide && !all(options))
    throw new Stop('--read-side looks at all projections: leave out --type', EXIT.usage);
  const wanted = wantedOf(definitions, options);
  const config = settings(io);
  checkThere(config);
  const nats = await openNats({ config, env: io.env, log: createLog(io, 'warn'), mode: 'share' });
  try {
    const version = nats.nc.info?.version ?? 'unknown';
    const fit = checkServerVersion(version);
    const unfit = fit.ok ? [] : [finding('SERVER_UNFIT', fit.message, { stream: 'server' })];
    const store = await readingStore(nats.nc);
    const found = options.readSide
      ? NO_LOG
      : await examineAll(store, wanted, { ...composition, replicas: config.replicas });
    const read = all(options) ? await diagnoseReadSide(composition, config, store) : NO_READ_SIDE;
    const asked = options.server === undefined ? NO_NODE : await askReadiness(options.server);
    store.close();
    const findings = [...unfit, ...found.findings, ...read.findings, ...asked.findings];
    const server = { url: nats.url, version };
    const { readSide: read_side } = read;
    show({ ...found, findings, server, read_side, node: asked.node }, options, io);
    return findings.some(({ grade }) => grade === 'broken') ? EXIT.failed : EXIT.ok;
  } finally {
    await nats.close();
  }
};

/** One type or one aggregate has no read side of its own. */
const all = ({ type }: DoctorOptions): boolean => type === undefined;
const NO_LOG = { streams: [], journal: null, findings: [] };
const NO_READ_SIDE = { readSide: null, findings: [] };
const NO_NODE = { node: null, findings: [] };

const show = (diagnosis: Diagnosis, { json }: DoctorOptions, io: Io): void => {
  if (!json) {
    write(io.stdout, diagnosisText(diagnosis, paintFor(io.stdout, io.env)));
    return;
  }
  const streams = diagnosis.streams.map(({ findings: _, ...rest }) => rest);
  const { findings: _, ...read_side } = diagnosis.read_side ?? { findings: [] };
  write(
    io.stdout,
    JSON.stringify({ ...diagnosis, streams, read_side: diagnosis.read_side && read_side }),
  );
};
