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
} from '../../core/subjects.js';
import { checkServerVersion } from '../../nats-server/fitness.js';
import { type StreamSafety, unfitStreamFields } from '../../nats-server/stream-fitness.js';
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

const STREAM_NOT_FOUND = 10059;

const existing = async (jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if ((error as { code?: number }).code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
};

const ensure = async (jsm: JetStreamManager, wanted: Wanted): Promise<void> => {
  const found = await existing(jsm, wanted.name);
  const config = found ?? (await jsm.streams.add(wanted)).config;
  const unfit = unfitStreamFields(wanted, config as unknown as StreamSafety);
  const list = unfit.map(
    ({ field, wanted: want, actual, fix }) => `${field} is ${actual}, must be ${want}. ${fix}`,
  );
  if (config.num_replicas < (wanted.num_replicas ?? 1))
    list.push(
      `num_replicas is ${config.num_replicas}, STELE_REPLICAS asks for ${wanted.num_replicas}. Add copies with \`nats stream edit ${wanted.name} --replicas ${wanted.num_replicas}\`.`,
    );
  if (list.length === 0) return;
  throw new Fault(
    'STREAM_UNFIT',
    `the stream ${wanted.name} cannot be trusted with events: ${list.join(' ')}`,
  );
};

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

/**
 * Create what is missing of the topology and read back what is there.
 * @throws Fault SERVER_UNFIT or STREAM_UNFIT naming each field that is not as it must be.
 */
export const ensureTopology = async (
  nc: NatsConnection,
  kinds: readonly Kind[],
  topology: Topology,
  replicas: number,
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
  const kvm = new Kvm(nc);
  await Promise.all([
    ensure(jsm, configOf(JOURNAL_STREAM, [JOURNAL_SUBJECT], topology.journal, replicas)),
    ensureExpiring(
      jsm,
      { ...topology.alerts, name: ALERTS_STREAM, subjects: [ALERT_SUBJECTS] },
      replicas,
    ),
    ensureExpiring(
      jsm,
      {
        ...STRANGERS,
        storage: topology.journal.storage,
        name: STRANGERS_STREAM,
        subjects: [STRANGERS_SUBJECT],
      },
      replicas,
    ),
    ...kinds.flatMap(({ slug }) => {
      const subjects = [eventSubjects(slug), claimSubjects(slug)];
      return [
        ensure(jsm, configOf(eventStream(slug), subjects, topology.events, replicas)),
        kvm.create(snapshotBucket(slug), { history: topology.snapshots.history, replicas }),
      ];
    }),
  ]);
};
