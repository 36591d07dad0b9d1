import type { Aggregate } from '../../core/aggregate.js';
import { eventStream } from '../../core/subjects.js';
import { checkServerVersion } from '../../nats-server/fitness.js';
import { unfitStreamFields } from '../../nats-server/unfit-stream-fields.js';
import {
  type Wanted,
  wantedBuckets,
  wantedEvents,
  wantedExpiring,
  wantedJournal,
} from '../../write/store/nats/wanted-streams.js';
import type { Topology } from '../../write/store/topology.js';
import type { Diagnosis } from './diagnosis.js';
import type { StreamReport } from './examination.js';
import { examineAggregate, examineStream } from './examine.js';
import { examineAlerts } from './examine-alerts.js';
import { examineJournal } from './examine-journal.js';
import { examineKeys } from './examine-keys.js';
import { examineRoom } from './examine-room.js';
import { examineTails, type Told } from './examine-tail.js';
import { type Finding, finding } from './finding.js';
import type { Pace } from './pace.js';
import type { ReadingStore } from './reading-store.js';

/** What is examined, and how it should be. */
export type LogExamination = {
  readonly store: ReadingStore;
  readonly definitions: readonly Aggregate[];
  /** One aggregate alone; of the one definition. */
  readonly id?: string | undefined;
  readonly topology: Topology;
  readonly replicas: number;
  readonly onProgress?: (done: number, total: number, stream: string) => void;
  readonly pace?: Pace;
};

export type LogDiagnosis = Pick<Diagnosis, 'streams' | 'journal' | 'findings'>;

/** Whether the server can be trusted with events at all. */
export const examineServer = (version: string): readonly Finding[] => {
  const fit = checkServerVersion(version);
  return fit.ok ? [] : [finding('SERVER_UNFIT', fit.message, { stream: 'server' })];
};

/** Is the stream there, and does it keep what it is given? */
const examineSettings = async (
  { store, replicas }: LogExamination,
  wanted: Wanted,
): Promise<{ readonly last: number; readonly findings: readonly Finding[] }> => {
  const stream = wanted.name;
  const found = await store.stream(stream);
  if (!found)
    return { last: 0, findings: [finding('STREAM_MISSING', 'it does not exist', { stream })] };
  const room = wanted.discard === 'old' ? undefined : found.room;
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
  return { last: found.last, findings: [...findings, ...examineRoom(room, stream)] };
};

/** What stands beside the events; what is missing there is made by who needs it. */
const examineBeside = async (around: LogExamination): Promise<readonly Finding[]> => {
  const { definitions, topology, replicas } = around;
  const all = [...wantedExpiring(definitions, topology, replicas), ...wantedBuckets(replicas)];
  const found = await Promise.all(all.map((wanted) => examineSettings(around, wanted)));
  const settings = found.flatMap(({ findings }) => findings);
  const [keys, alerts] = await Promise.all([
    examineKeys(around.store),
    examineAlerts(around.store),
  ]);
  return [...settings.filter(({ code }) => code !== 'STREAM_MISSING'), ...keys, ...alerts];
};

/**
 * Look at the streams of events, and the journal unless it is about one aggregate. Undefined when
 * there is no such aggregate.
 */
export const examineLog = async (wanted: LogExamination): Promise<LogDiagnosis | undefined> => {
  const { store, definitions, id, topology, replicas, pace, onProgress } = wanted;
  const findings: Finding[] = [];
  const streams: StreamReport[] = [];
  const lasts = new Map<Aggregate, number>();
  for (const definition of definitions) {
    const found = await examineSettings(wanted, wantedEvents(definition, topology, replicas));
    findings.push(...found.findings);
    lasts.set(definition, found.last);
  }
  const total = [...lasts.values()].reduce((sum, last) => sum + last, 0);
  let before = 0;
  for (const [definition, last] of lasts) {
    const around = { store, definition, ...(pace && { pace }) };
    const at = before;
    const tell = (done: number) => onProgress?.(at + done, total, eventStream(definition.slug));
    const report =
      id === undefined
        ? await examineStream({ ...around, onProgress: tell }, last)
        : await examineAggregate(around, id);
    if (!report) return undefined;
    streams.push(report);
    findings.push(...report.findings);
    before += last;
  }
  if (id !== undefined) return { streams, journal: null, findings };
  const found = await examineSettings(wanted, wantedJournal(topology, replicas));
  findings.push(...found.findings);
  const positions: Told = new Map();
  const journal = await examineJournal(wanted, found.last, { findings, positions });
  findings.push(...(await examineBeside(wanted)));
  findings.push(...(await examineTails(store, definitions, positions)));
  return { streams, journal, findings };
};
