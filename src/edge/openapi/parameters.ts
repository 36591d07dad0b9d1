import { AGGREGATE_ID, UUID_V4 } from '../../core/ids.js';
import type { Projection } from '../../core/projection.js';
import { anyCase, type JsonSchema } from '../../core/schema.js';
import { filterFields, type ViewField } from '../../core/view-fields.js';
import { FORMS } from '../http/forms.js';
import {
  FILTER_TEXT_MAX,
  MIN_POSITION_WAIT_MAX_MS,
  MIN_POSITION_WAIT_MS,
  PAGE_SIZE,
  PAGE_SIZE_MAX,
  PAGES_MAX,
} from '../http/limits.js';
import { namedParameter } from './component.js';
import type { Ref } from './json-schema.js';
import type { Parameter } from './operation.js';

const TEXT: JsonSchema = { type: 'string' };
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

const ID: JsonSchema = { type: 'string', pattern: AGGREGATE_ID.source };

/** A parameter of a path; an id of an aggregate unless it says otherwise. */
export const inPath = (name: string, schema: JsonSchema = ID, description?: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema,
  ...(schema === ID && { example: 'Example' }),
  ...(description && { description }),
});

export const inQuery = (
  name: string,
  description: string,
  schema: JsonSchema = TEXT,
): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});

const inHeader = (name: string, description: string, schema: JsonSchema = TEXT): Parameter => ({
  name,
  in: 'header',
  description,
  schema,
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

export const READING = [
  'as_of',
  'effective_at',
  'min_position',
  'min_position_timeout_ms',
] as const;
const FILTER_MAX: JsonSchema = { type: 'string', maxLength: FILTER_TEXT_MAX };

const valueSchema = ({ type, values }: ViewField): JsonSchema => {
  if (values) return { enum: [...values.map(String), 'null'] };
  if (type === 'number') return { anyOf: [{ type: 'number' }, { const: 'null' }] };
  if (type === 'boolean') return { enum: ['true', 'false', 'null'] };
  return FILTER_MAX;
};

const COMPARED = [
  ['gt', 'After, or more than, this.'],
  ['gte', 'From this on.'],
  ['lt', 'Before, or less than, this.'],
  ['lte', 'Up to this.'],
] as const;

/** The filters that one field allows. */
const filtersOf = (field: ViewField, inTree: boolean): readonly Parameter[] => {
  const { name, type, values } = field;
  const one = inQuery(name, `Only where ${name} is one of these; \`null\` = not set.`, {
    type: 'array',
    items: valueSchema(field),
  });
  const ordered = !values && (type === 'number' || type === 'text');
  const schema = type === 'number' ? { type: 'number' } : FILTER_MAX;
  const compared = ordered
    ? COMPARED.map(([op, text]) => inQuery(`${name}.${op}`, text, schema))
    : [];
  const branch = inQuery(`${name}.within`, 'This place in the tree and all below it.', {
    type: 'array',
    items: FILTER_MAX,
  });
  return [one, ...compared, ...(inTree ? [branch] : [])];
};

/**
 * The filters of a list, kept once per projection; without those whose names
 * mean something else there (`others`).
 */
export const filters = (projection: Projection, others: readonly string[] = []): readonly Ref[] => {
  const { name, within, search, deleted } = projection;
  const own = filterFields(projection)
    .flatMap((field) => filtersOf(field, Object.hasOwn(within, field.name)))
    .filter((one) => !others.includes(one.name));
  const searched = inQuery(
    'search',
    `Only where this text occurs in ${search.join(', ')}.`,
    FILTER_MAX,
  );
  return [
    ...own.map((one) => namedParameter(`${name}.${one.name}`, one)),
    ...(search.length > 0 ? [namedParameter(`${name}.search`, searched)] : []),
    ...(deleted === null ? [] : shared('include_deleted')),
  ];
};

/** What a list is sorted and counted by, kept once per projection. */
export const orders = (projection: Projection): readonly Ref[] => {
  const fields = filterFields(projection);
  if (fields.length === 0) return [];
  const sortable = fields.filter(({ type }) => type !== 'list').map(({ name }) => name);
  const sort = inQuery('sort', `Up to 8 of ${sortable.join(', ')}; with - descending.`, {
    type: 'string',
    ...(projection.sort !== null && { default: projection.sort }),
  });
  const counted = fields.flatMap(({ name, units }) => [
    name,
    ...(units ?? []).map((unit) => `${name}.${unit}`),
  ]);
  const group = inQuery('group_by', 'Count per value, or per period; not with pages.', {
    type: 'string',
    enum: counted,
  });
  return [
    namedParameter(`${projection.name}.sort`, sort),
    namedParameter(`${projection.name}.group_by`, group),
  ];
};
