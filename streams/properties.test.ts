import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actors } from '../actors/index.js';
import type { Projection, Report, View } from '../src/core/projection.js';
import { done } from '../src/core/steps.js';
import { completeProjections } from '../src/read/projections/index.js';
import { resourceOf } from '../src/read/projections/resource.js';
import type { DecodedEntry } from '../src/read/projector/decoded-entry.js';
import { MemoryDocuments } from '../src/read/projector/memory-documents.js';
import { arrivals, project } from '../src/testing/projections.js';
import { anything, histories, interleaved } from '../test/support/histories.js';
import { projections } from './index.js';

/** What must be true of every projection there is, whatever happened. */
// Histories shrink too slowly to wait for: the first one that fails is shown as it is.
const RUNS = { numRuns: 12, endOnFailure: true };
/** Orders are many: these are tried more often. */
const ORDERS = { numRuns: 20, endOnFailure: true };
const NOW = '2026-06-30T12:00:00.000Z';
const SHOWN_MAX = 20;
/** Long logs of many types take a while to make where others work, too. */
const WITHIN_MS = 60_000;
const all = [...completeProjections(actors, projections), ...actors.map(resourceOf)];

/** Logs of the types that a projection takes: all of it concerns the projection. */
const logsFor = (projection: Projection): fc.Arbitrary<readonly DecodedEntry[]> => {
  const types = projection.sources.flatMap(({ definition }) => definition ?? []);
  const journal = projection.sources.some(({ definition }) => definition === null);
  return histories(types, { journal }).map((log) => arrivals(projection, log));
};
const groupOf = ({ source, unit }: DecodedEntry): string => `${source} ${unit}`;

const holds = {
  text: (value: unknown) => value === null || typeof value === 'string',
  number: (value: unknown) => value === null || Number.isFinite(value),
  boolean: (value: unknown) => value === null || typeof value === 'boolean',
  list: (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

/** Parameters that say as little as possible: texts where one has to be given. */
const paramsOf = ({ params }: Report): Record<string, unknown> => {
  const { required = [] } = z.toJSONSchema(params, { io: 'input' });
  return params.parse(Object.fromEntries(required.map((name) => [name, 'a'])));
};

const askEverything = (
  projection: Projection,
  documents: readonly View[],
  related: (name: string, key: string) => View | undefined,
): unknown[] => [
  ...documents.flatMap((document) => [
    projection.related?.(document),
    projection.show?.(document, { now: NOW, related }),
  ]),
  ...Object.values(projection.reports).map((report) =>
    done(report.answer(documents, paramsOf(report), { now: NOW })),
  ),
];

describe.each(all.map((one) => [one.name, one] as const))(
  '%s',
  { timeout: WITHIN_MS },
  (_, projection) => {
    const logs = logsFor(projection);

    test.prop([logs, fc.gen()], ORDERS)(
      'makes the same documents in whatever order aggregates come',
      (there, g) => {
        const other = interleaved(there, groupOf, (among) => g(fc.nat, { max: among - 1 }));
        const inOrder = project(projection, there);
        expect(new Map(project(projection, other))).toEqual(new Map(inOrder));
      },
    );

    test.prop([logs], RUNS)('makes documents that are as its view and its columns say', (log) => {
      for (const [key, document] of project(projection, log)) {
        expect(key).not.toBe('');
        const json = JSON.parse(JSON.stringify(document)) as View;
        expect(json).toEqual(document);
        expect(projection.view.strict().parse(json)).toEqual(json);
        for (const { name, type } of projection.columns)
          expect([name, holds[type](document[name])]).toEqual([name, true]);
      }
    });

    test.prop([logs], RUNS)(
      'starts again from stored documents as if it had not stopped',
      (there) => {
        const half = Math.floor(there.length / 2);
        const documents = new MemoryDocuments(projection);
        const now = () => NOW;
        for (const one of there.slice(0, half)) documents.take(one, { now });
        for (const [key, view] of documents.views)
          documents.views.set(key, JSON.parse(JSON.stringify(view)) as View);
        for (const one of there.slice(half)) documents.take(one, { now });
        expect(documents.parked.size).toBe(0);
        expect(documents.views).toEqual(new Map(project(projection, there)));
      },
    );

    const documents = fc.array(anything(projection.view) as fc.Arbitrary<View>, { maxLength: 12 });
    test.prop([documents], RUNS)('can show and report any documents', (some) => {
      const byKey = new Map(some.map((one) => [String(one.id), one]));
      const answers = askEverything(projection, some.slice(0, SHOWN_MAX), (_name, key) =>
        byKey.get(key),
      );
      expect(() => JSON.stringify(answers)).not.toThrow();
      // Lists are filtered and sorted by what is shown in them.
      for (const document of some) {
        const shown = projection.show?.(document, { now: NOW, related: () => undefined });
        for (const { name } of projection.columns)
          expect([name, (shown ?? document)[name]]).toEqual([name, document[name]]);
      }
    });

    test.prop([logs], RUNS)('answers the same whatever order documents come in', (log) => {
      const some = [...project(projection, log).values()];
      const related = () => undefined;
      const reports = (documents: readonly View[]) =>
        Object.values(projection.reports).map((report) =>
          done(report.answer(documents, paramsOf(report), { now: NOW })),
        );
      expect(reports(some.toReversed())).toEqual(reports(some));
      expect(() => askEverything(projection, some, related)).not.toThrow();
    });

    it('says what it is for, and takes parameters that JSON Schema can say', () => {
      expect(projection.summary).toMatch(/^[A-Z].{10,}\.$/);
      for (const { summary, params } of Object.values(projection.reports)) {
        expect(summary).toMatch(/^[A-Z].{10,}\.$/);
        expect(() => z.toJSONSchema(params, { io: 'input' })).not.toThrow();
      }
    });
  },
);
