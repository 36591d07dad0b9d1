import type { Refusals } from './operation.js';

const STORE = ['STORE_UNAVAILABLE', 'SHUTTING_DOWN'];

/** A command: every rule of the domain besides is a 409 where another holds what is claimed, else 422. */
export const COMMAND: Refusals = {
  name: 'command',
  codes: [
    'UNKNOWN_AGGREGATE_TYPE',
    'UNKNOWN_COMMAND',
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'NO_CHANGE',
    'CONCURRENCY_CONFLICT',
    'COMMAND_ID_REUSED',
    'NAME_TAKEN',
    'HAS_DEPENDENTS',
    'DELETED',
    'PAYLOAD_TOO_LARGE',
    'EVENT_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'VALIDATION_ERROR',
    'FORBIDDEN_GENERIC_COMMAND',
    'JUSTIFICATION_REQUIRED',
    'APPROVAL_REQUIRED',
    'INVALID_LIFECYCLE_TRANSITION',
    'REFERENCE_NOT_FOUND',
    'BUSY',
    'OUTCOME_UNKNOWN',
    'STORE_REFUSED',
    'STORE_FULL',
    'LOG_TRUNCATED',
    'READ_STORE_FOREIGN',
    'APPEND_QUEUE_FULL',
    ...STORE,
  ],
};

/** Something is read from the log: events, what is possible. */
export const LOG: Refusals = {
  name: 'log',
  codes: ['NOT_FOUND', 'UNKNOWN_AGGREGATE_TYPE', 'VALIDATION_ERROR', 'BUSY', ...STORE],
};

const READ = [
  'VALIDATION_ERROR',
  'READ_STORE_UNAVAILABLE',
  'READ_STORE_FOREIGN',
  'PROJECTION_NOT_READY',
  'AS_OF_BUILDING',
];

/** A list, a report, a difference. */
export const QUERY: Refusals = {
  name: 'query',
  codes: ['ROUTE_NOT_FOUND', ...READ, 'TOO_MANY_DOCUMENTS', 'BUSY', ...STORE],
};

/** One document, or what is known of one aggregate. */
export const DOCUMENT: Refusals = {
  name: 'document',
  codes: ['NOT_FOUND', 'ROUTE_NOT_FOUND', 'DELETED', 'PARKED', ...READ, 'BUSY', ...STORE],
};

/** An operation on a projection. */
export const OPERATION: Refusals = {
  name: 'operation',
  codes: [
    'NOT_FOUND',
    'ROUTE_NOT_FOUND',
    'UNKNOWN_PROJECTION',
    'NOT_PARKED',
    'PROJECTION_STOPPED',
    'PROJECTION_ELSEWHERE',
    'BUILD_UNDER_WAY',
    'BUILD_NEEDED',
    'NO_BUILD',
    'BUILD_BEHIND',
    'NO_PREVIOUS',
    'PREVIOUS_OUTDATED',
    'PREVIOUS_BEHIND',
    'NOTHING_TO_COMPARE',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'VALIDATION_ERROR',
    'READ_STORE_UNAVAILABLE',
    'READ_STORE_FOREIGN',
    'PROJECTION_NOT_READY',
    'VERIFY_STUCK',
    'BUSY',
    ...STORE,
  ],
};

/** Streams, buckets, actors, nodes, the doctor. */
export const INSPECTION: Refusals = {
  name: 'inspection',
  codes: [
    'NOT_FOUND',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'VALIDATION_ERROR',
    'BUSY',
    ...STORE,
  ],
};

/** What the definitions alone say: named wrongly, or not at all. */
export const DEFINED: Refusals = { name: 'defined', codes: ['NOT_FOUND', 'VALIDATION_ERROR'] };

/** A model is brought in or taken back. */
export const IMPORT: Refusals = {
  name: 'import',
  codes: [
    'NOT_FOUND',
    'ROUTE_NOT_FOUND',
    'IMPORT_UNREADABLE',
    'VALIDATION_ERROR',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'APPROVAL_REQUIRED',
    'BUSY',
    'READ_STORE_UNAVAILABLE',
    'READ_STORE_FOREIGN',
    'PROJECTION_NOT_READY',
    ...STORE,
  ],
};

export const ALERT: Refusals = {
  name: 'alert',
  codes: ['NOT_FOUND', 'ALERT_NOT_DELIVERED', 'STORE_UNAVAILABLE'],
};

/** Whether the node is there, and what is the matter when it is not. */
export const HEALTH: Refusals = {
  name: 'health',
  codes: [
    'VALIDATION_ERROR',
    'SHUTTING_DOWN',
    'STORE_UNAVAILABLE',
    'READ_STORE_UNAVAILABLE',
    'READ_STORE_FOREIGN',
    'PROJECTION_NOT_READY',
  ],
};
