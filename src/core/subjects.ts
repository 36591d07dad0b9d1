/**
 * Every subject, stream and bucket name, and nothing else: the one file that builds them.
 * Slugs are kebab-case, ids match `AGGREGATE_ID`, so a token can never hold a dot or a wildcard.
 */
const upperSnake = (slug: string): string => slug.replaceAll('-', '_').toUpperCase();

export const EVENTS_PREFIX = 'evt';
export const CLAIMS_PREFIX = 'claim';

export const eventStream = (slug: string): string => `EVT_${upperSnake(slug)}`;
export const eventSubject = (slug: string, id: string): string => `${EVENTS_PREFIX}.${slug}.${id}`;
export const eventSubjects = (slug: string): string => `${EVENTS_PREFIX}.${slug}.*`;
/** `key` is one token: a digest of what is claimed. */
export const claimSubject = (slug: string, scope: string, key: string): string =>
  `${CLAIMS_PREFIX}.${slug}.${scope}.${key}`;
/** Of all types. */
export const anyEventSubject = `${EVENTS_PREFIX}.>`;
export const claimSubjects = (slug: string): string => `${CLAIMS_PREFIX}.${slug}.>`;
export const snapshotBucket = (slug: string): string => `SNAP_${upperSnake(slug)}`;
/** The stream behind the bucket, and where the snapshots of one aggregate stand in it. */
export const snapshotStream = (slug: string): string => `KV_${snapshotBucket(slug)}`;
export const snapshotSubject = (slug: string, id: string): string =>
  `$KV.${snapshotBucket(slug)}.${id}`;

export const JOURNAL_STREAM = 'JOURNAL';
export const JOURNAL_SUBJECT = 'journal.commands';
/** What callers whom nobody knows were refused; it ages out. */
export const STRANGERS_STREAM = 'JOURNAL-STRANGERS';
export const STRANGERS_SUBJECT = 'journal.strangers';

export const ALERTS_STREAM = 'ALERTS';
export const ALERT_SUBJECTS = 'alert.>';
/** `alert.application.<id>`: the audit alerts about one aggregate. */
export const alertSubject = (slug: string, id: string): string => `alert.${slug}.${id}`;
/** How far alerts were raised and delivered, and which node raises them. */
export const ALERTING_BUCKET = 'ALERTING';
/** Key in it: which alerts were raised before anybody was to be told, or nobody knows whether they were. */
export const NOT_SENT_KEY = 'not_sent';
/** Alerts that could not be delivered. */
export const FAILED_ALERTS_BUCKET = 'ALERTS-FAILED';
/** API keys: hashes of their secrets, and whom they stand for. */
/** How far each stream once was. */
export const HEADS_BUCKET = 'HEADS';
export const ACCESS_KEYS_BUCKET = 'ACCESS-KEYS';
/** Sessions of browsers, and codes that begin one: hashes, and whom they stand for. */
export const ACCESS_SESSIONS_BUCKET = 'ACCESS-SESSIONS';
export const ACCESS_CODES_BUCKET = 'ACCESS-CODES';

/** Buckets that begin so are about who may come in: nobody is shown what they hold. */
export const ACCESS_BUCKETS_PREFIX = 'ACCESS-';
/** Every bucket is a stream, and every key a subject of it. */
export const BUCKET_SUBJECTS = '$KV.>';
const BUCKET_STREAM_PREFIX = 'KV_';
export const bucketStream = (bucket: string): string => `${BUCKET_STREAM_PREFIX}${bucket}`;
/** The bucket behind a stream that has subjects of buckets. */
export const bucketOfStream = (stream: string): string => stream.slice(BUCKET_STREAM_PREFIX.length);
export const entrySubject = (bucket: string, key: string): string => `$KV.${bucket}.${key}`;
export const entrySubjects = (bucket: string): string => `$KV.${bucket}.>`;

/** `cmd.application.CreateApplication`: the endpoint of one command. */
export const commandSubject = (slug: string, type: string): string => `cmd.${slug}.${type}`;
/** `cmd.application`: where the endpoints of one aggregate type stand. */
export const commandGroup = (slug: string): string => `cmd.${slug}`;

/** The id of the aggregate an event subject belongs to. */
export const idOfSubject = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);
