import { Fault } from './refusal.js';
import { bucketStream, entrySubject, entrySubjects } from './subjects.js';

/** What a server tells of the stream behind a bucket. */
type Info = {
  readonly created: string;
  readonly cluster?: { readonly leader?: string };
  readonly state: {
    readonly last_seq: number;
    readonly subjects?: Readonly<Record<string, number>>;
  };
};
/** How it is asked: `streams.info` of the client. */
export type AskInfo = (stream: string, query?: { subjects_filter: string }) => Promise<Info>;

/**
 * Which bucket it is: one that was removed and made anew was made later, and an older copy that was
 * put back has fewer revisions.
 */
export type BucketState = { readonly made: string; readonly last: number };

/** Keys of a bucket. */
export type BucketKeys = BucketState & { readonly keys: readonly string[] };

/**
 * Keys of a bucket, also of what was removed, as the leader of its stream knows them. A consumer, by
 * which the client lists them, stands on any copy: on one that lags it leaves out what is not there
 * yet, and nobody knows.
 *
 * @throws Fault STORE_UNAVAILABLE while nobody leads
 */
export const bucketKeys = async (ask: AskInfo, bucket: string): Promise<BucketKeys> => {
  const stream = bucketStream(bucket);
  const { cluster, created, state } = await ask(stream, { subjects_filter: entrySubjects(bucket) });
  if (cluster && !cluster.leader)
    throw new Fault('STORE_UNAVAILABLE', `nobody leads ${stream} right now`);
  const skipped = entrySubject(bucket, '').length;
  const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(skipped));
  return { made: created, last: state.last_seq, keys };
};
