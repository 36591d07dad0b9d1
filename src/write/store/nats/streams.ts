import {
  type JetStreamManager,
  jetstreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamAbsent } from '../../../core/absent-stream.js';
import { Fault } from '../../../core/refusal.js';
import { checkServerVersion } from '../../../nats-server/fitness.js';
import {
  NONE,
  type StreamSafety,
  unfitStreamFields,
} from '../../../nats-server/unfit-stream-fields.js';
import type { Kind } from '../event-log.js';
import type { Topology } from '../topology.js';
import {
  type Wanted,
  wantedBuckets,
  wantedEvents,
  wantedExpiring,
  wantedJournal,
} from './wanted-streams.js';

const existing = async (jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> => {
  try {
    return await jsm.streams.info(name);
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

/**
 * What somebody changed is set again, where the server does so: another stream may have taken what
 * is missing. What it let go meanwhile does not come back by that.
 */
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
  const update = jsm.streams.update(wanted.name, Object.fromEntries(fields));
  return update.then(
    (updated) => updated.config,
    () => config,
  );
};

const unfit = (name: string, list: readonly string[]): Fault =>
  new Fault(
    'STREAM_UNFIT',
    `the stream ${name} would not keep what it is given: ${list.join(' ')}`,
  );

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
  { onSetAgain, onRoom }: Pick<StreamsOptions, 'onSetAgain' | 'onRoom'>,
): Promise<void> => {
  const found = await existing(jsm, wanted.name);
  if (found) onRoom?.(wanted.name, roomIn(found));
  const { config } = found ?? (await jsm.streams.add(wanted));
  await judge(jsm, wanted, { config, ...(onSetAgain && { onSetAgain }) });
};

/** Bytes that a stream may still hold, of all that it may. */
export type StreamRoom = { readonly free: number; readonly size: number };

/** Undefined where it has no limit of its own. */
export const roomIn = ({
  config,
  state,
}: Pick<StreamInfo, 'config' | 'state'>): StreamRoom | undefined =>
  config.max_bytes > 0
    ? { free: Math.max(0, config.max_bytes - state.bytes), size: config.max_bytes }
    : undefined;

/** The streams that must keep all that they are given. */
const keeping = ({ kinds, topology, replicas }: StreamsOptions): readonly Wanted[] => [
  wantedJournal(topology, replicas),
  ...kinds.map((kind) => wantedEvents(kind, topology, replicas)),
];

export type StreamsOptions = {
  readonly kinds: readonly Kind[];
  readonly topology: Topology;
  readonly replicas: number;
  /** What somebody changed is set again, and this is told; without it that is a fault. */
  readonly onSetAgain?: SetAgain;
  /** Told of each stream that must keep all what it may still hold. */
  readonly onRoom?: (stream: string, room: StreamRoom | undefined) => void;
};

/**
 * Whether the streams that are there still keep what they are given; makes none that is missing.
 * @throws Fault STREAM_UNFIT, or what the server says when it cannot be asked
 */
export const judgeStreams = async (nc: NatsConnection, options: StreamsOptions): Promise<void> => {
  const { onSetAgain, onRoom } = options;
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const judged = await Promise.allSettled(
    keeping(options).map(async (wanted) => {
      const found = await existing(jsm, wanted.name);
      if (!found)
        throw unfit(wanted.name, [
          'it was removed. Restore it from a backup or a replica; a node that starts without makes an empty one, and says what was lost.',
        ]);
      onRoom?.(wanted.name, roomIn(found));
      await judge(jsm, wanted, { config: found.config, ...(onSetAgain && { onSetAgain }) });
    }),
  );
  throwAll(judged);
};

const isUnfit = (error: Error): boolean => error instanceof Fault && error.code === 'STREAM_UNFIT';

/** Of several streams each is named; what one of them is in no doubt about counts before doubts. */
const throwAll = (judged: readonly PromiseSettledResult<void>[]): void => {
  const errors = judged.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const [first] = errors;
  const unfits = errors.filter(isUnfit);
  if (unfits.length < 2) {
    if (first) throw unfits[0] ?? first;
    return;
  }
  throw new Fault('STREAM_UNFIT', unfits.map(({ message }) => message).join(' '));
};

/**
 * Makes what may be let go where somebody removed it, and judges all that stands beside the events
 * as they are judged. A bucket that is missing is for those who need it.
 * @throws Fault STREAM_UNFIT, or what the server says when it cannot
 */
export const tendBeside = async (
  nc: NatsConnection,
  { kinds, topology, replicas, onSetAgain }: StreamsOptions,
): Promise<void> => {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const tend = async (wanted: Wanted, make: boolean): Promise<void> => {
    const found = await existing(jsm, wanted.name);
    if (found)
      await judge(jsm, wanted, { config: found.config, ...(onSetAgain && { onSetAgain }) });
    else if (make) await jsm.streams.add(wanted);
  };
  throwAll(
    await Promise.allSettled([
      ...wantedExpiring(kinds, topology, replicas).map((wanted) => tend(wanted, true)),
      ...wantedBuckets(replicas).map((wanted) => tend(wanted, false)),
    ]),
  );
};

/**
 * Create what is missing of the topology and read back what is there. What stands beside the events
 * keeps nobody from starting.
 * @throws Fault SERVER_UNFIT or STREAM_UNFIT naming each field that is not as it must be.
 */
export const ensureTopology = async (
  nc: NatsConnection,
  options: StreamsOptions,
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
    ...keeping(options).map((wanted) => ensure(jsm, wanted, options)),
    tendBeside(nc, options).catch((error: Error) => {
      if (!isUnfit(error)) throw error;
    }),
  ]);
};
