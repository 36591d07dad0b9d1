import {
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamAbsent } from '../../core/absent-stream.js';
import { Fault } from '../../core/refusal.js';
import {
  ALERT_SUBJECTS,
  ALERTS_STREAM,
  claimSubjects,
  eventStream,
  eventSubjects,
  JOURNAL_STREAM,
  JOURNAL_SUBJECT,
  STRANGERS_STREAM,
  STRANGERS_SUBJECT,
  snapshotBucket,
  snapshotStream,
} from '../../core/subjects.js';
import { checkServerVersion } from '../../nats-server/fitness.js';
import { NONE, type StreamSafety, unfitStreamFields } from '../../nats-server/stream-fitness.js';
import type { Kind } from '../port.js';
import type { ExpiringSettings, StreamSettings, Topology } from '../topology.js';

type Wanted = Partial<StreamConfig> & { readonly name: string } & StreamSafety;

const configOf = (
  name: string,
  subjects: string[],
  settings: StreamSettings,
  replicas: number,
): Wanted =>
  ({
    ...settings,
    name,
    subjects,
    num_replicas: replicas,
    storage: settings.storage === 'file' ? StorageType.File : StorageType.Memory,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
  }) as Wanted;

const existing = async (jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (isStreamAbsent(error)) return undefined;
    throw error;
  }
};

/** What cannot be changed on a stream that is there. */
const FOR_GOOD = new Set(['storage', 'retention', 'persist_mode', 'mirror', 'sealed']);

/** What is not as it must be, as sentences. */
const unfitIn = (wanted: Wanted, config: StreamConfig): string[] => {
  const list = unfitStreamFields(wanted, config as unknown as StreamSafety).map(
    ({ field, wanted: want, actual, fix }) => `${field} is ${actual}, must be ${want}. ${fix}`,
  );
  if (config.num_replicas < (wanted.num_replicas ?? 1))
    list.push(
      `num_replicas is ${config.num_replicas}, STELE_REPLICAS asks for ${wanted.num_replicas}. Add copies with \`nats stream edit ${wanted.name} --replicas ${wanted.num_replicas}\`.`,
    );
  return list;
};

/** What somebody changed is set again. What it let go meanwhile does not come back by that. */
const setAgain = async (
  jsm: JetStreamManager,
  wanted: Wanted,
  config: StreamConfig,
): Promise<StreamConfig> => {
  const fields = unfitStreamFields(wanted, config as unknown as StreamSafety)
    .filter(({ field }) => !FOR_GOOD.has(field))
    .map(({ field, wanted: want }) => [
      field,
      want === NONE ? undefined : (wanted[field as keyof StreamSafety] ?? want),
    ]);
  if (fields.length === 0) return config;
  return (await jsm.streams.update(wanted.name, Object.fromEntries(fields))).config;
};

const unfit = (name: string, list: readonly string[]): Fault =>
  new Fault('STREAM_UNFIT', `the stream ${name} cannot be trusted with events: ${list.join(' ')}`);

/** Told what a stream was set back from. */
export type SetAgain = (stream: string, was: readonly string[]) => void;

/** @throws Fault STREAM_UNFIT */
const judge = async (
  jsm: JetStreamManager,
  wanted: Wanted,
  { config, onSetAgain }: { readonly config: StreamConfig; readonly onSetAgain?: SetAgain },
): Promise<void> => {
  const was = unfitIn(wanted, config);
  if (was.length === 0) return;
  const left = onSetAgain ? unfitIn(wanted, await setAgain(jsm, wanted, config)) : was;
  if (left.length > 0) throw unfit(wanted.name, left);
  const fields = unfitStreamFields(wanted, config as unknown as StreamSafety);
  onSetAgain?.(
    wanted.name,
    fields.map(({ field, wanted: want, actual }) => `${field} was ${actual}, must be ${want}`),
  );
};

const ensure = async (
  jsm: JetStreamManager,
  wanted: Wanted,
  onSetAgain?: SetAgain,
): Promise<void> => {
  const found = await existing(jsm, wanted.name);
  const config = found ?? (await jsm.streams.add(wanted)).config;
  await judge(jsm, wanted, { config, ...(onSetAgain && { onSetAgain }) });
};

/** The streams that must keep all that they are given. */
const keeping = (
  kinds: readonly Pick<Kind, 'slug'>[],
  topology: Topology,
  replicas: number,
): readonly Wanted[] => [
  configOf(JOURNAL_STREAM, [JOURNAL_SUBJECT], topology.journal, replicas),
  ...kinds.map(({ slug }) =>
    configOf(
      eventStream(slug),
      [eventSubjects(slug), claimSubjects(slug)],
      topology.events,
      replicas,
    ),
  ),
];

const SECOND_NS = 1_000_000_000;
/** Refusals of nobody known are kept so long, and so many bytes of them at most. */
const STRANGERS = {
  max_age: 30 * 24 * 3_600 * SECOND_NS,
  max_bytes: 16 * 1024 ** 2,
  duplicate_window: 120 * SECOND_NS,
};

/** What may be let go: how long it is kept may be changed by whoever runs the server. */
const ensureExpiring = async (
  jsm: JetStreamManager,
  settings: ExpiringSettings & { readonly name: string; readonly subjects: string[] },
  replicas: number,
): Promise<void> => {
  if (await existing(jsm, settings.name)) return;
  await jsm.streams.add({
    ...settings,
    num_replicas: replicas,
    storage: settings.storage === 'file' ? StorageType.File : StorageType.Memory,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    allow_direct: true,
  });
};

/** Streams of what is let go after a while: made where they are missing, also under a running node. */
const ensureAllExpiring = async (
  jsm: JetStreamManager,
  { alerts, journal }: Topology,
  replicas: number,
): Promise<void> => {
  await Promise.all([
    ensureExpiring(jsm, { ...alerts, name: ALERTS_STREAM, subjects: [ALERT_SUBJECTS] }, replicas),
    ensureExpiring(
      jsm,
      {
        ...STRANGERS,
        storage: journal.storage,
        name: STRANGERS_STREAM,
        subjects: [STRANGERS_SUBJECT],
      },
      replicas,
    ),
  ]);
};

export type StreamsOptions = {
  readonly kinds: readonly Kind[];
  readonly topology: Topology;
  readonly replicas: number;
  /** What somebody changed is set again, and this is told; without it that is a fault. */
  readonly onSetAgain?: SetAgain;
};

/**
 * Whether the streams that are there still keep what they are given; makes none that is missing.
 * @throws Fault STREAM_UNFIT, or what the server says when it cannot be asked
 */
export const judgeStreams = async (
  nc: NatsConnection,
  { kinds, topology, replicas, onSetAgain }: StreamsOptions,
): Promise<void> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const judged = await Promise.allSettled(
    keeping(kinds, topology, replicas).map(async (wanted) => {
      const config = await existing(jsm, wanted.name);
      if (!config)
        throw unfit(wanted.name, [
          'it was removed. Restore it from a backup or a replica; a node that starts without makes an empty one, and says what was lost.',
        ]);
      await judge(jsm, wanted, { config, ...(onSetAgain && { onSetAgain }) });
    }),
  );
  throwAll(judged.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : [])));
};

const isUnfit = (error: Error): boolean => error instanceof Fault && error.code === 'STREAM_UNFIT';

/** Of several streams each is named; what one of them is in no doubt about counts before doubts. */
const throwAll = (errors: readonly Error[]): void => {
  const [first] = errors;
  const unfits = errors.filter(isUnfit);
  if (unfits.length < 2) {
    if (first) throw unfits[0] ?? first;
    return;
  }
  throw new Fault('STREAM_UNFIT', unfits.map(({ message }) => message).join(' '));
};

/**
 * Makes what may be let go where somebody removed it.
 * @throws what the server says when it cannot
 */
export const renewStreams = async (
  nc: NatsConnection,
  { kinds, topology, replicas }: Omit<StreamsOptions, 'onSetAgain'>,
): Promise<void> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const there = new Set<string>();
  for await (const name of jsm.streams.names()) there.add(name);
  const wanted = [
    ...[ALERTS_STREAM, STRANGERS_STREAM],
    ...kinds.map(({ slug }) => snapshotStream(slug)),
  ];
  if (wanted.every((name) => there.has(name))) return;
  await ensureAllExpiring(jsm, topology, replicas);
  const absent = kinds.filter(({ slug }) => !there.has(snapshotStream(slug)));
  await makeSnapshotBuckets(nc, { kinds: absent, topology, replicas });
};

const makeSnapshotBuckets = async (
  nc: NatsConnection,
  { kinds, topology, replicas }: Omit<StreamsOptions, 'onSetAgain'>,
): Promise<void> => {
  const kvm = new Kvm(nc);
  const { history } = topology.snapshots;
  await Promise.all(
    kinds.map(({ slug }) => kvm.create(snapshotBucket(slug), { history, replicas })),
  );
};

/**
 * Create what is missing of the topology and read back what is there.
 * @throws Fault SERVER_UNFIT or STREAM_UNFIT naming each field that is not as it must be.
 */
export const ensureTopology = async (
  nc: NatsConnection,
  { kinds, topology, replicas, onSetAgain }: StreamsOptions,
): Promise<void> => {
  const version = checkServerVersion(nc.info?.version ?? 'unknown');
  if (!version.ok) throw new Fault('SERVER_UNFIT', version.message);
  const jsm = await jetstreamManager(nc).catch((cause: unknown) => {
    throw new Fault(
      'SERVER_UNFIT',
      'JetStream does not answer on this server: enable it with a "jetstream" block in its configuration, and give this user an account that may use it',
      { cause },
    );
  });
  await Promise.all([
    ...keeping(kinds, topology, replicas).map((wanted) => ensure(jsm, wanted, onSetAgain)),
    ensureAllExpiring(jsm, topology, replicas),
    makeSnapshotBuckets(nc, { kinds, topology, replicas }),
  ]);
};
