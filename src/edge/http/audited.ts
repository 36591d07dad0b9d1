import {
  ALERTS_STREAM,
  FAILED_ALERTS_BUCKET,
  JOURNAL_STREAM,
  STRANGERS_STREAM,
} from '../../core/subjects.js';

/** Streams and buckets that tell who did what. */
export const AUDITED: ReadonlySet<string> = new Set([
  JOURNAL_STREAM,
  STRANGERS_STREAM,
  ALERTS_STREAM,
  FAILED_ALERTS_BUCKET,
]);
