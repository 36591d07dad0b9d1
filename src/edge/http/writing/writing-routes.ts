import type { Projection, View } from '../../../core/projection.js';
import { stampFields } from '../../../read/projections/stamps.js';
import type { Ctx, Http } from '../http.js';
import type { Plural } from '../plurals.js';
import { permissionOf, toRead } from '../requirements.js';
import type { Route } from '../route.js';
import { change } from './change.js';
import { create } from './create.js';
import {
  describeChanging,
  describeCreating,
  describeDeleting,
  type Resource,
} from './describe-writing.js';
import type { Reading } from './meant.js';
import { remove } from './remove.js';
import { represented } from './represented.js';
import { partsOf, settableOf } from './settable.js';

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

/**
 * Resources are written by what their commands say they set (requirement 000 §7): a request becomes
 * several commands for one aggregate, decided together and written at once or not at all.
 */
const routesFor = (resource: Resource): readonly Route[] => {
  const { plural, settable, projection, parameter } = resource;
  const shown = projection ? fieldsOf(projection) : Object.keys(stampFields);
  const reading: Reading = { settable, plural, shown, isShown: projection !== undefined };
  const { creating, deleting, rules } = settable;
  const [list, one] = [`/${plural}`, `/${plural}/:${parameter}`];
  const route = { takesDryRun: true } as const;
  // To compare with what is there is to read it; about commands the runtime decides.
  const comparing = toRead(() => permissionOf(projection), ['version']);
  const idOf = (c: Ctx): string => c.req.param(parameter)!;
  const told = async (c: Ctx, http: Http, written: Promise<Response>): Promise<Response> =>
    represented(c, http, { settable, projection, written: await written });
  const changing = (method: 'PATCH' | 'PUT'): Route => ({
    ...route,
    method,
    path: one,
    needs: comparing,
    describe: () => [describeChanging(resource, method)],
    handler: (c, http) =>
      told(c, http, change(c, { http, reading, id: idOf(c) }, method === 'PUT')),
  });
  const beginning: Route = {
    ...route,
    method: 'POST',
    path: list,
    needs: 'known',
    describe: () => [describeCreating(resource)],
    handler: (c, http) => told(c, http, create(c, http, { ...reading, creating: creating?.spec })),
  };
  const removing: Route = {
    ...route,
    method: 'DELETE',
    path: one,
    needs: 'known',
    describe: () => [describeDeleting(resource)],
    handler: (c, http) => remove(c, http, { reading, id: idOf(c) }),
  };
  return [
    ...(creating ? [beginning] : []),
    ...(rules.size > 0 ? [changing('PATCH'), changing('PUT')] : []),
    ...(deleting ? [removing] : []),
  ];
};

/** How the aggregates of a type are written. */
export const writingRoutes = (
  { plural, definition }: Plural,
  projection: Projection | undefined,
): readonly Route[] =>
  routesFor({ plural, settable: settableOf(definition), projection, parameter: 'id' });

/** How the parts of aggregates are written that are resources of their own. */
export const partRoutes = (
  definition: Plural['definition'],
  projections: readonly Projection[],
): readonly Route[] =>
  partsOf(definition).flatMap((part) =>
    routesFor({
      plural: part.within,
      settable: settableOf(definition, part),
      projection: projections.find(({ path }) => path === part.within),
      parameter: 'key',
    }),
  );
