import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { BUCKETS, type BucketSettings } from '../../core/buckets.js';
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
} from '../../core/subjects.js';
import type { StreamSafety } from '../../nats-server/stream-fitness.js';
import type { Kind } from '../port.js';
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

const storageOf = ({ storage }: { readonly storage: 'file' | 'memory' }): StorageType =>
  storage === 'file' ? StorageType.File : StorageType.Memory;

const keeping = (
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
    storage: storageOf(settings),
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
  }) as Wanted;

export const wantedEvents = ({ slug }: Slugged, { events }: Topology, replicas: number): Wanted =>
  keeping(eventStream(slug), [eventSubjects(slug), claimSubjects(slug)], events, replicas);

export const wantedJournal = ({ journal }: Topology, replicas: number): Wanted =>
  keeping(JOURNAL_STREAM, [JOURNAL_SUBJECT], journal, replicas);

const expiring = (
  name: string,
  subjects: string[],
  settings: ExpiringSettings,
  replicas: number,
): Wanted =>
  ({
    ...settings,
    name,
    subjects,
    num_replicas: replicas,
    storage: storageOf(settings),
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    allow_direct: true,
  }) as Wanted;

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
  expiring(ALERTS_STREAM, [ALERT_SUBJECTS], alerts, replicas),
  expiring(
    STRANGERS_STREAM,
    [STRANGERS_SUBJECT],
    { ...STRANGERS, storage: journal.storage },
    replicas,
  ),
  ...kinds.map(({ slug }) =>
    bucket(snapshotBucket(slug), { history, ttl: 0, allow_direct: true }, replicas),
  ),
];

/** The streams of the other buckets: who needs one makes it. */
export const wantedBuckets = (replicas: number): readonly Wanted[] =>
  Object.entries(BUCKETS).map(([name, settings]) => bucket(name, settings, replicas));
