import type { Projection, View } from '../../../core/projection.js';
import { stampFields } from '../../../core/stamps.js';
import type { Http } from '../http.js';
import type { Plural } from '../plurals.js';
import type { Routes } from '../route-list.js';
import { change } from './changing.js';
import { create } from './creating.js';
import { remove } from './deleting.js';
import type { Reading } from './meant.js';
import { settableOf } from './settable.js';

/** Every field of a document, those that it gets only where it is shown among them. */
const fieldsOf = ({ view, show }: Projection): readonly string[] => {
  const empty = view.parse({}) as View;
  try {
    const told = show?.(empty, { now: new Date(0).toISOString(), related: () => undefined });
    return [...new Set([...Object.keys(empty), ...Object.keys(told ?? {})])];
  } catch {
    return Object.keys(empty); // it shows only documents that say something
  }
};

const readingOf = ({ projections }: Http, { plural, definition }: Plural): Reading => {
  const projection = projections?.definitions.find(({ resource }) => resource === definition.name);
  const shown = projection ? fieldsOf(projection) : Object.keys(stampFields);
  return { settable: settableOf(definition), plural, shown };
};

/**
 * Resources are written by what their commands say they set (requirement 000 §7): a request becomes
 * several commands for one aggregate, decided together and written at once or not at all.
 */
export const writingRoutes = (app: Routes, http: Http, plurals: readonly Plural[]): void => {
  for (const one of plurals) {
    const reading = readingOf(http, one);
    const { creating, deleting, rules } = reading.settable;
    const begin = { ...reading, creating: creating?.spec };
    const path = `/${one.plural}`;
    if (creating) app.post(path, (c) => create(c, http, begin));
    if (rules.size > 0)
      for (const method of ['patch', 'put'] as const)
        app[method](`${path}/:id`, (c) =>
          change(c, { http, reading, id: c.req.param('id')! }, method === 'put'),
        );
    if (deleting)
      app.delete(`${path}/:id`, (c) => remove(c, http, { reading, id: c.req.param('id')! }));
  }
};
