import type { Projection } from '../../core/projection.js';
import type { JsonSchema } from '../../core/schema.js';
import { inQuery, namedParameter, type Parameter, type Ref } from '../openapi/index.js';
import { filterFields, type ViewField } from '../wire/view-fields.js';
import { FILTER_TEXT_MAX } from './limits.js';
import { shared } from './shared-parameters.js';

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
