import { z } from 'zod';
import type { Aggregate, State } from '../../core/aggregate.js';
import { presence } from '../../core/chart.js';
import { canBeColumn } from '../../core/check-projection.js';
import { canonicalInstant } from '../../core/instant.js';
import { markedPaths } from '../../core/marks.js';
import {
  defineProjection,
  type Projection,
  type SomeEvent,
  type View,
} from '../../core/projection.js';
import { isTimed } from '../../core/time-units.js';
import { STAMP_COLUMNS, stamped, stampFields } from './stamps.js';

const OWN = ['status', 'deleted', ...Object.keys(stampFields)];

const ownFields = ({ chart }: Aggregate) => ({
  ...stampFields,
  status: z.enum(Object.keys(chart.states)).default(chart.initial),
  deleted: z.boolean().default(false),
});

type Stamped = { readonly [F in keyof typeof stampFields]: z.output<(typeof stampFields)[F]> };

/** A data field of the definition, and what it is called in the document. */
type Shown = { readonly field: string; readonly as: string; readonly schema: z.ZodType };

/** Secrets are not shown at all. A field called like one of ours is shown as `data_<field>`. */
const shownFields = ({ data }: Aggregate): readonly Shown[] =>
  Object.entries(data.shape as Readonly<Record<string, z.ZodType>>)
    .filter(([, schema]) => markedPaths(schema, ['secret']).length === 0)
    .map(([field, schema]) => ({
      field,
      as: OWN.includes(field) ? `data_${field}` : field,
      schema,
    }));

const isColumn = ({ as, schema }: Shown): boolean =>
  canBeColumn(as, schema) && markedPaths(schema, ['personal']).length === 0;

/** Only texts that people chose are searched; one out of a few, or a date, is filtered by. */
const isSearched = (one: Shown): boolean =>
  isColumn(one) && one.schema.safeParse('Any words, 1 or more').success;

/** A time that a command brought is in the form in which somebody said it; lists compare times. */
const shownValue = (field: string, value: unknown): unknown =>
  typeof value === 'string' && isTimed(field) ? canonicalInstant(value) : value;

const shownData = (shown: readonly Shown[], data: State['data']): Record<string, unknown> =>
  Object.fromEntries(shown.map(({ field, as }) => [as, shownValue(field, data[field])]));

/**
 * The read model of an aggregate type for which nobody wrote one: a document per aggregate with its
 * status, its data and its stamps. It answers `GET /{plural}` and `GET /{plural}/{id}`.
 */
export const resourceOf = (definition: Aggregate): Projection => {
  const { name, plural, chart } = definition;
  const shown = shownFields(definition);
  const columns = shown.filter(isColumn).map(({ as }) => as);
  return defineProjection({
    name: plural,
    summary: `Every ${name}, as its events left it.`,
    view: z
      .object(Object.fromEntries(shown.map(({ as, schema }) => [as, schema])))
      .extend(ownFields(definition)),
    indexed: ['status', 'deleted', ...STAMP_COLUMNS, ...columns],
    search: shown.filter(isSearched).map(({ as }) => as),
    sort: '-updated_at',
    from: [definition],
    withState: true,
    resource: name,
    deleted: 'deleted',
    on: {
      [name]: {
        '*': (before: View, event: SomeEvent) => ({
          ...before,
          ...shownData(shown, event.after.data),
          ...stamped(before as Stamped, event),
          status: event.after.status,
          deleted: presence(chart, event.after.status) === 'deleted',
        }),
      },
    },
  });
};
