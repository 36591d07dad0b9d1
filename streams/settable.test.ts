import { isDeepStrictEqual } from 'node:util';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actors } from '../actors/index.js';
import type { Aggregate } from '../src/core/aggregate.js';
import { canBeColumn } from '../src/core/check-projection.js';
import { canonicalInstant } from '../src/core/instant.js';
import { markedPaths } from '../src/core/marks.js';
import type { Projection, View } from '../src/core/projection.js';
import { fieldsOf, writingOf } from '../src/edge/http/export-lines.js';
import { completeProjections } from '../src/read/projections/index.js';
import { arrivals, project } from '../src/testing/projections.js';
import { histories } from '../test/support/histories.js';
import { projections } from './index.js';

/** What events leave behind for later decisions alone: nobody sets it. */
const KEPT_FOR_DECISIONS = ['correctable'];
const NOW = '2026-06-30T12:00:00.000Z';
const all = completeProjections(actors, projections);

type Fields = Readonly<Record<string, unknown>>;

const settableFields = ({ data }: Aggregate): readonly string[] =>
  Object.keys(data.shape).filter((field) => !KEPT_FOR_DECISIONS.includes(field));
const isParts = ({ data }: Aggregate, field: string): boolean =>
  (data.shape[field] as z.ZodDefault).unwrap() instanceof z.ZodRecord;
const comparable = (value: unknown): unknown => {
  if (typeof value === 'string') return canonicalInstant(value);
  return Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value;
};
const same = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(comparable(one), comparable(other));

/** The same histories every time, each as far as it goes. */
const logsOf = (definition: Aggregate, projection: Projection) =>
  fc
    .sample(histories([definition], { journal: false }), { numRuns: 12, seed: 7 })
    .map((log) => arrivals(projection, log));

/** What every aggregate of some histories ended as, with the documents made of them. */
const endsOf = (definition: Aggregate, projection: Projection) =>
  logsOf(definition, projection).flatMap((log) => {
    const documents = new Map(project(projection, log));
    const last = new Map<string, Fields>();
    for (const one of log)
      if (one.kind === 'event') last.set(one.unit, one.event().after.data as Fields);
    return [...last].map(([id, data]) => ({ id, data, documents }));
  });

const filtered = ({ columns }: Projection): readonly string[] => columns.map(({ name }) => name);
const exported = (projection: Projection): readonly string[] =>
  writingOf('csv', fieldsOf(projection, NOW)).begin.trim().split(',');
const mayBeFiltered = ({ view }: Projection): readonly string[] =>
  Object.entries(view.shape)
    .filter(([, schema]) => markedPaths(schema as z.ZodType, ['personal']).length === 0)
    .flatMap(([field, schema]) => (canBeColumn(field, schema) ? [field] : []));

describe.each(actors.map((one) => [one.name, one] as const))('what is set of a %s', (_, one) => {
  const projection = all.find(({ resource }) => resource === one.name)!;
  const fields = settableFields(one);
  const own = fields.filter((field) => !isParts(one, field));

  it('can be read', () => {
    const said = new Set<string>();
    for (const { id, data, documents } of endsOf(one, projection))
      for (const field of own) {
        const shown = documents.get(id)?.[field];
        if (!same(data[field], one.initial.data[field])) said.add(field);
        expect(same(shown, data[field]), `${field} is ${JSON.stringify(shown)}`).toBe(true);
      }
    expect([...said].sort(), 'the histories set every field').toEqual([...own].sort());
  });

  it('can be filtered and exported', () => {
    const may = mayBeFiltered(projection);
    expect(filtered(projection)).toEqual(expect.arrayContaining([...may]));
    expect(exported(projection)).toEqual(expect.arrayContaining([...own]));
  });

  it.each(fields.filter((field) => isParts(one, field)))('can be read of its %s', (field) => {
    const fed = all.filter(({ sources }) => sources.some(({ definition }) => definition === one));
    const shows = (other: Projection): boolean =>
      partsOf(one, { field, projection: other }).every(({ part, document }) =>
        isShown(document, part),
      );
    const parts = fed.find(shows);
    expect(parts?.name).toBeDefined();
    expect(filtered(parts!)).toEqual(expect.arrayContaining([...mayBeFiltered(parts!)]));
  });
});

/** The parts of aggregates, each with the document of its id; not those that two of them have. */
const partsOf = (
  definition: Aggregate,
  { field, projection }: { readonly field: string; readonly projection: Projection },
) => {
  const found = endsOf(definition, projection).flatMap(({ data, documents }) =>
    Object.entries(data[field] as Fields).map(([id, part]) => ({ id, part, documents })),
  );
  const alone = found.filter(
    ({ id, documents }) =>
      found.filter((one) => one.documents === documents && one.id === id).length === 1,
  );
  expect(alone.length).toBeGreaterThan(0);
  return alone.map(({ id, part, documents }) => ({ part, document: documents.get(id) }));
};

/** Whether a document says all that is set of a part, whatever it calls it. */
const isShown = (document: View | undefined, part: unknown): boolean =>
  document !== undefined &&
  Object.values(part as Fields).every((value) =>
    Object.values(document).some((shown) => same(shown, value)),
  );
