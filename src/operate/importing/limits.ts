import { getHeapStatistics } from 'node:v8';

/** How often one command is tried, and the pauses between: about a minute in all. */
export const ATTEMPTS_MAX = 16;
export const FIRST_PAUSE_MS = 100;
export const LONGEST_PAUSE_MS = 5_000;
/** Files of one import. */
export const FILES_MAX = 20_000;
/** Imports and reverts under way at the same time; one more is `BUSY`. */
export const JOBS_AT_ONCE = 2;
/** Of them, those of one who asks; one more is `RATE_LIMITED`. */
export const JOBS_OF_ONE = 1;
/** How long who stops one waits until nothing of it is under way. */
export const STOP_WITHIN_MS = 10_000;
/** Finished ones whose report is still there. */
export const JOBS_KEPT = 20;
/** Lines of one report that are kept; all are counted. */
export const REPORT_LINES_MAX = 50_000;
/** Characters of all reports that are kept: then the oldest that ended go. */
export const REPORTS_CHARS_MAX = 128 * 1024 * 1024;
/** Of them those of one report. */
export const REPORT_SHARE = 1 / 4;
/** Bytes of the heap for each of them: a character takes two, and a node has more to remember. */
const HEAP_BYTES_PER_CHAR = 32;

/** Characters of all reports that a node keeps, so that they fit beside what else it does. */
export const reportsCharsMax = (heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(REPORTS_CHARS_MAX, Math.floor(heapBytes / HEAP_BYTES_PER_CHAR));
/** Imports in one answer. */
export const IMPORTS_SHOWN_MAX = 200;
/** Entries of the audit log read at once. */
export const AUDIT_PAGE = 1_000;
/** How long the audit log is waited for until it has everything. */
export const AUDIT_WITHIN_MS = 60_000;
/** How often the same model may be imported and taken back. */
export const GENERATIONS_MAX = 1_000;
