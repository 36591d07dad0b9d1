import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import { eventStream, JOURNAL_STREAM } from '../core/subjects.js';
import { type ServerFiles, serverFiles } from '../nats-server/server-files.js';
import type { Config } from '../node/config.js';
import { accountRoom, openNats } from '../node/open-nats.js';
import { diagnoseReadSide } from '../operate/doctor/diagnose-read-side.js';
import { type Diagnosis, diagnosisJson } from '../operate/doctor/diagnosis.js';
import { examineFiles } from '../operate/doctor/examine-files.js';
import { examineLog, examineServer, type LogDiagnosis } from '../operate/doctor/examine-log.js';
import { examineRoom } from '../operate/doctor/examine-room.js';
import { examineStrangers } from '../operate/doctor/examine-strangers.js';
import { type OpenedStore, readingStore } from '../operate/doctor/reading-store.js';
import { completeProjections } from '../read/projections/index.js';
import { defaultTopology } from '../write/store/topology.js';
import { askReadiness } from './ask-readiness.js';
import type { Composition } from './composition.js';
import { createLog } from './create-log.js';
import { diagnosisText } from './diagnosis-text.js';
import { EXIT, Stop } from './exit.js';
import { type Io, paintFor, write } from './io.js';
import { ofOthersServers } from './of-others-servers.js';
import { openedViews } from './opened-views.js';
import { type Progress, progress } from './progress.js';
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

/** The log, with a bar that shows how far it is. */
const examineAll = async (
  store: OpenedStore,
  { definitions, id }: Wanted,
  { topology = defaultTopology, io, replicas }: Composition & { readonly replicas: number },
): Promise<LogDiagnosis> => {
  let shown: Progress | undefined;
  try {
    const found = await examineLog({
      store,
      definitions,
      id,
      topology,
      replicas,
      onProgress: (done, total, stream) => {
        shown ??= progress(io, 'examining', total);
        shown.at(done, stream);
      },
    });
    if (!found) throw new Stop(`there is no ${definitions[0]?.name} ${id}`, EXIT.notFound);
    return found;
  } finally {
    shown?.stop();
  }
};

/** Its store, or a server that runs although somebody removed that. */
const hasServer = (files: ServerFiles): boolean =>
  existsSync(files.storeDir) || existsSync(files.pidFile);

/** @throws Stop when there is nothing to look at: a server of our own would be made for it */
export const checkThere = ({ nats, dataDir }: Config): void => {
  if (nats || hasServer(serverFiles(resolve(dataDir)))) return;
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
    const room = await (nats.server?.room() ?? accountRoom(nats.nc).catch(() => undefined));
    const streams = definitions.map(({ slug }) => eventStream(slug)).concat(JOURNAL_STREAM);
    const gone = await nats.server?.filesGone(streams);
    const unfit = [...examineServer(version), ...examineFiles(gone), ...examineRoom(room)];
    const store = await readingStore(nats.nc);
    const found = options.readSide
      ? NO_LOG
      : await examineAll(store, wanted, { ...composition, replicas: config.replicas });
    const strangers = all(options) ? await examineStrangers(store, definitions) : [];
    const projections = completeProjections(definitions, composition.projections ?? []);
    const read = all(options)
      ? await diagnoseReadSide(store, projections, () => openedViews(config))
      : NO_READ_SIDE;
    const asked = options.server === undefined ? NO_NODE : await askReadiness(options.server);
    store.close();
    const findings = [
      ...unfit,
      ...found.findings,
      ...strangers,
      ...read.findings,
      ...asked.findings,
    ];
    const server = { url: nats.url, version };
    const { readSide: read_side } = read;
    const worthKnowing = ofOthersServers(config, nats.nc.info?.max_payload);
    const diagnosis = { ...found, findings, server, read_side, node: asked.node };
    show(diagnosis, { ...options, worthKnowing }, io);
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

type Showing = DoctorOptions & { readonly worthKnowing: readonly string[] };

const show = (diagnosis: Diagnosis, { json, worthKnowing }: Showing, io: Io): void => {
  const text = json
    ? JSON.stringify(diagnosisJson(diagnosis))
    : diagnosisText(diagnosis, paintFor(io.stdout, io.env), worthKnowing);
  write(io.stdout, text);
};
