import { UUID_V4 } from '../../core/ids.js';
import { anyCase, type JsonSchema } from '../../core/schema.js';
import { inHeader, inQuery, namedParameter, type Parameter, type Ref } from '../openapi/index.js';
import { FORMS } from './forms.js';
import {
  MIN_POSITION_WAIT_MAX_MS,
  MIN_POSITION_WAIT_MS,
  PAGE_SIZE,
  PAGE_SIZE_MAX,
  PAGES_MAX,
} from './limits.js';

const DATE_OR_TIME =
  '\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2}))?';
const POSITIONS = '[a-z0-9-]+:(0|[1-9]\\d{0,14})(, ?[a-z0-9-]+:(0|[1-9]\\d{0,14}))*';
const texts = (...patterns: readonly string[]): JsonSchema => ({
  type: 'string',
  pattern: `^(${patterns.join('|')})$`,
});
const VERSION = '\\d{1,9}';
const BOOLEAN: JsonSchema = { type: 'boolean' };
const whole = (minimum: number, maximum?: number, more: JsonSchema = {}): JsonSchema => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
  ...more,
});

const MOMENT =
  'A date, a time (ISO 8601), positions such as `source:42`, or `now`: how it was known then.';

/** Parameters that many routes share, kept once; a function so that each name is written once. */
const SHARED = {
  as_of: inQuery('as_of', MOMENT, texts('now', DATE_OR_TIME, POSITIONS)),
  effective_at: inQuery(
    'effective_at',
    'A date, a time, or `now`: what was true then.',
    texts('now', DATE_OR_TIME),
  ),
  min_position: inQuery(
    'min_position',
    'Wait until the answer reflects these positions, as the answers to commands give them.',
    texts(POSITIONS),
  ),
  min_position_timeout_ms: inQuery(
    'min_position_timeout_ms',
    'How long to wait for `min_position` at most.',
    whole(0, MIN_POSITION_WAIT_MAX_MS, { default: MIN_POSITION_WAIT_MS }),
  ),
  include_deleted: inQuery('include_deleted', 'Deleted ones, too.', BOOLEAN),
  page: inQuery('page', 'Which page; not with `cursor`.', whole(1, PAGES_MAX, { default: 1 })),
  limit: inQuery('limit', 'Size of a page.', whole(1, PAGE_SIZE_MAX, { default: PAGE_SIZE })),
  format: inQuery('format', 'A page, or everything that meets the filters as lines.', {
    type: 'string',
    enum: [...FORMS],
    default: 'json',
  }),
  cursor: inQuery('cursor', '`next_cursor` of the answer before.'),
  version: inQuery('version', 'As it was after its event of this version.', whole(1)),
  clock: inQuery('clock', 'When it was recorded, or when it was true.', {
    type: 'string',
    enum: ['recorded', 'effective'],
    default: 'recorded',
  }),
  change: inQuery('change', 'List only these; all are counted.', {
    type: 'string',
    enum: ['added', 'removed', 'changed'],
  }),
  from: {
    ...inQuery(
      'from',
      'A date, a time, positions, or `now`; of one aggregate also a version.',
      texts('now', DATE_OR_TIME, POSITIONS, VERSION),
    ),
    required: true as const,
  },
  to: inQuery(
    'to',
    'The other end, in the same forms; `now` when nobody says.',
    texts('now', DATE_OR_TIME, POSITIONS, VERSION),
  ),
  'If-None-Match': inHeader(
    'If-None-Match',
    'The ETag of an answer that is known: 304 if it holds.',
  ),
  'If-Match': {
    ...inHeader('If-Match', 'The version that is expected, in quotes: `"7"`.', {
      type: 'string',
      pattern: '^"(0|[1-9]\\d{0,14})(-[0-9a-f]+)?"$',
    }),
    example: '"1"',
  },
  'Idempotency-Key': inHeader('Idempotency-Key', 'The command id: sent again, it is done once.', {
    type: 'string',
    pattern: anyCase(UUID_V4),
  }),
  Prefer: {
    ...inHeader(
      'Prefer',
      '`return=representation`: the answer is the resource, where it can be shown at once.',
    ),
    example: 'return=representation',
  },
  'X-Actor': inHeader('X-Actor', 'Who asks, where nothing else says it.', {
    type: 'string',
    maxLength: 255,
  }),
  'X-Business-Justification': inHeader(
    'X-Business-Justification',
    'Why; sensitive commands need it.',
    {
      type: 'string',
      maxLength: 2000,
    },
  ),
  'X-Approval-Id': inHeader('X-Approval-Id', 'The approval that covers it, where one is needed.', {
    type: 'string',
    maxLength: 128,
  }),
  'X-Correlation-Id': inHeader('X-Correlation-Id', 'What belongs together.', {
    type: 'string',
    maxLength: 128,
  }),
  dry_run: inQuery('dry_run', 'Decide, write nothing.', BOOLEAN),
} satisfies Readonly<Record<string, Parameter>>;
type Shared = keyof typeof SHARED;

export const shared = (...names: readonly Shared[]): readonly Ref[] =>
  names.map((name) => namedParameter(name, SHARED[name]));

/** What every answer made from documents can be asked for by. */
export const READING = [
  'as_of',
  'effective_at',
  'min_position',
  'min_position_timeout_ms',
] as const;

/** What every request that writes may say besides its body. */
export const COMMAND_PARAMETERS = [
  'If-Match',
  'Idempotency-Key',
  'X-Actor',
  'X-Business-Justification',
  'X-Approval-Id',
  'X-Correlation-Id',
  'dry_run',
] as const;
