import { isDeepStrictEqual } from 'node:util';
import type { State } from '../../../core/aggregate.js';
import { isRefusal } from '../../../core/refusal.js';
import type { Ctx, Http } from '../http.js';
import { requestContext } from '../request-context.js';
import type { Asking } from './asking.js';
import { type Place, storedIn } from './place.js';
import type { Settable } from './settable.js';

type There = State & { readonly version: number };

/**
 * Whether a resource is what it was at a version of its aggregate. Documents of parts have the
 * version at which something of them happened last: what happens to the rest of the aggregate since
 * is no matter to them.
 */
export const isSameSince = async (
  c: Ctx,
  { runtime }: Pick<Http, 'runtime'>,
  {
    settable,
    place: { id, aggregate_id },
    there,
    version,
  }: {
    readonly settable: Settable;
    readonly place: Place;
    readonly there: There;
    readonly version: number;
  },
): Promise<boolean> => {
  if (!settable.part || version >= there.version) return version === there.version;
  const of = { definition: settable.definition, aggregate_id };
  const before = await runtime.stateAt(of, version, requestContext(c).who);
  if (isRefusal(before)) return false;
  return isDeepStrictEqual(storedIn(settable, before, id), storedIn(settable, there, id));
};

/**
 * Who expects a version since which a part has not changed expects what is there. Any other version
 * is left for the runtime to refuse.
 */
export const expectingPart = async (
  c: Ctx,
  http: Pick<Http, 'runtime'>,
  {
    asking,
    place,
    there,
  }: { readonly asking: Asking; readonly place: Place; readonly there: There },
): Promise<Asking> => {
  const { settable, template } = asking;
  const { expected_version: version } = template.envelope;
  if (!settable.part || typeof version !== 'number') return asking;
  if (!(await isSameSince(c, http, { settable, place, there, version }))) return asking;
  const envelope = { ...template.envelope, expected_version: there.version };
  return { ...asking, template: { ...template, envelope } };
};
