import { z } from 'zod';
import type { Projected, View } from './projected.js';

/** What a resource is asked for by, and written back with: the version goes into `If-Match`. */
const OF_RESOURCE = {
  id: z.string().default(''),
  version: z.number().default(0),
  status: z.string().default(''),
};

/** `event` is null for an entry of the journal. */
type Arrived = { readonly event: Projected | null; readonly key: string };

/** Fields that documents carry, also where their view and their handlers do not name them. */
export type Carried = {
  readonly view: z.ZodObject;
  /** Those that the view does not have itself. */
  readonly added: readonly string[];
  /** The document that a handler made, with them. The same object again where nothing changed. */
  readonly carry: (before: View, after: View | null, arrived: Arrived) => View | null;
  /** What readers get of a document, with all of them, whatever `show` made of it. */
  readonly keep: (document: View, shown: View) => View;
};

/** `id`, `version` and `status` for the resource of a type, nothing for other projections. */
export const carried = (view: z.ZodObject, resource: string | undefined): Carried => {
  const wanted = resource === undefined ? {} : OF_RESOURCE;
  const fields = Object.fromEntries(
    Object.entries(wanted).filter(([field]) => !(field in view.shape)),
  );
  const added = Object.keys(fields);
  const keep: Carried['keep'] = (document, shown) => {
    const dropped = Object.keys(wanted).filter((field) => !(field in shown));
    if (dropped.length === 0) return shown;
    return { ...Object.fromEntries(dropped.map((field) => [field, document[field]])), ...shown };
  };
  if (added.length === 0) return { view, added, keep, carry: (_, after) => after };

  const valuesOf = (before: View, { event, key }: Arrived): View => {
    if (event?.aggregate_type !== resource || event?.aggregate_id !== key)
      return { id: key, version: before.version, status: before.status };
    // By effective time the events of an aggregate need not come in the order of their versions.
    const version = Math.max(Number(before.version ?? 0), event.aggregate_version);
    return { id: key, version, status: added.includes('status') ? event.after.status : null };
  };
  return {
    view: view.extend(fields),
    added,
    keep,
    carry: (before, after, arrived) => {
      if (after === null) return null;
      // A handler that leaves what is not there as it is makes no document.
      if (after === before && !(before.id || before.version)) return before;
      const values = valuesOf(before, arrived);
      if (added.every((field) => after[field] === values[field])) return after;
      const whole: Record<string, unknown> = { ...after };
      for (const field of added) whole[field] = values[field];
      return whole;
    },
  };
};
