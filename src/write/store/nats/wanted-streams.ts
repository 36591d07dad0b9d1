import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { BUCKETS, type BucketSettings } from '../../../core/buckets.js';
import {
  ALERT_SUBJECTS,
  ALERTS_STREAM,
  bucketStream,
  claimSubjects,
  entrySubjects,
  eventStream,
  eventSubjects,
  JOURNAL_STREAM,
  JOURNAL_SUBJECT,
  STRANGERS_STREAM,
  STRANGERS_SUBJECT,
  snapshotBucket,
} from '../../../core/subjects.js';
import type { StreamSafety } from '../../../nats-server/unfit-stream-fields.js';
import type { Kind } from '../event-log.js';
import type { ExpiringSettings, StreamSettings, Topology } from '../topology.js';

/** A stream as it is made, and as it must stay. */
export type Wanted = Partial<StreamConfig> & { readonly name: string } & StreamSafety;

type Slugged = Pick<Kind, 'slug'>;

const NS_PER_MS = 1_000_000;
const SECOND_NS = 1_000 * NS_PER_MS;
/** Refusals of nobody known are kept so long, and so many bytes of them at most. */
const STRANGERS = {
  max_age: 30 * 24 * 3_600 * SECOND_NS,
  max_bytes: 16 * 1024 ** 2,
  duplicate_window: 120 * SECOND_NS,
};

type Made = { readonly name: string; readonly subjects: string[]; readonly replicas: number };

const made = (
  { name, subjects, replicas }: Made,
  settings: Partial<StreamConfig> & Pick<StreamSettings, 'storage'>,
): Wanted =>
  ({
    ...settings,
    name,
    subjects,
    num_replicas: replicas,
    storage: settings.storage === 'file' ? StorageType.File : StorageType.Memory,
    retention: RetentionPolicy.Limits,
  }) as Wanted;

const keeping = (of: Made, settings: StreamSettings): Wanted =>
  made(of, { ...settings, discard: DiscardPolicy.New });

const expiring = (of: Made, settings: ExpiringSettings): Wanted =>
  made(of, { ...settings, discard: DiscardPolicy.Old, allow_direct: true });

export const wantedEvents = ({ slug }: Slugged, { events }: Topology, replicas: number): Wanted =>
  keeping(
    { name: eventStream(slug), subjects: [eventSubjects(slug), claimSubjects(slug)], replicas },
    events,
  );

export const wantedJournal = ({ journal }: Topology, replicas: number): Wanted =>
  keeping({ name: JOURNAL_STREAM, subjects: [JOURNAL_SUBJECT], replicas }, journal);

/** As the client of NATS makes a bucket. */
const bucket = (
  name: string,
  { history, ttl, allow_direct }: BucketSettings,
  replicas: number,
): Wanted =>
  ({
    name: bucketStream(name),
    subjects: [entrySubjects(name)],
    num_replicas: replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_age: ttl * NS_PER_MS,
    max_msgs_per_subject: history,
    allow_rollup_hdrs: true,
    // Who asks the leader alone is not troubled by copies that would answer, too.
    ...(allow_direct && { allow_direct }),
  }) as Wanted;

/** What is let go after a while, or can be made from the log: made where it is missing. */
export const wantedExpiring = (
  kinds: readonly Slugged[],
  { alerts, journal, snapshots: { history } }: Topology,
  replicas: number,
): readonly Wanted[] => [
  expiring({ name: ALERTS_STREAM, subjects: [ALERT_SUBJECTS], replicas }, alerts),
  expiring(
    { name: STRANGERS_STREAM, subjects: [STRANGERS_SUBJECT], replicas },
    { ...STRANGERS, storage: journal.storage },
  ),
  ...kinds.map(({ slug }) =>
    bucket(snapshotBucket(slug), { history, ttl: 0, allow_direct: true }, replicas),
  ),
];

/** The streams of the other buckets: who needs one makes it. */
export const wantedBuckets = (replicas: number): readonly Wanted[] =>
  Object.entries(BUCKETS).map(([name, settings]) => bucket(name, settings, replicas));
