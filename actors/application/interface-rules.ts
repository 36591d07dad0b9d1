import { isRefusal, type Refusal, refuse } from '../../src/core/refusal.js';
import { invalid, normalized } from '../shared.js';
import type { Self } from './deciding.js';
import type { Interface } from './interface-messages.js';
import { partOf, refuseMissing, refuseNameOf } from './parts.js';

type Status = Interface['status'];
/** Where an interface can go from where it is, and what takes it there. */
const NEXT: Readonly<Record<Status, readonly [Status, string]>> = {
  active: ['deprecated', 'DeprecateInterface'],
  deprecated: ['retired', 'RetireInterface'],
  retired: ['active', 'ExposeInterface'],
};
/** These are spoken over HTTP, so they are reached at a URL of the web. */
const OF_THE_WEB: readonly string[] = ['rest', 'graphql', 'soap', 'http', 'https'];

/** The interface of an application, whatever has become of it. */
export const interfaceOf = (
  { data: { name, interfaces } }: Self,
  id: string,
): Interface | Refusal =>
  partOf(interfaces, id) ??
  refuseMissing('interface_id', 'interface', `"${name}" has no interface ${id}`);

/** The interface, as long as it is in one of these statuses. */
export const interfaceIn = (
  self: Self,
  id: string,
  statuses: readonly Status[],
): Interface | Refusal => {
  const one = interfaceOf(self, id);
  if (isRefusal(one) || statuses.includes(one.status)) return one;
  const [next, command] = NEXT[one.status];
  return refuse(
    'INVALID_LIFECYCLE_TRANSITION',
    `the interface "${one.name}" is "${one.status}"; from here it can go to "${next}", by ${command}`,
    { details: { from: one.status, allowed: [next], commands: [command] } },
  );
};
/** The interface, as long as it can be called. */
export const liveInterface = (self: Self, id: string): Interface | Refusal =>
  interfaceIn(self, id, ['active', 'deprecated']);

/** Refuse an endpoint that its protocol cannot have. */
export const refuseEndpoint = (protocol: string, endpoint: string | null): Refusal | undefined =>
  endpoint === null || !OF_THE_WEB.includes(protocol) || /^https?:\/\//i.test(endpoint)
    ? undefined
    : invalid('endpoint', `a ${protocol} interface is reached at an http(s) URL`);

/** Refuse a name that another live interface of the application has in the same version. */
export const refuseTakenName = (
  { data }: Self,
  { name, version }: Pick<Interface, 'name' | 'version'>,
): Refusal | undefined => {
  const other = Object.values(data.interfaces).find(
    (one) =>
      one.status !== 'retired' &&
      one.version === version &&
      normalized(one.name) === normalized(name),
  );
  const which = version === null ? 'without a version' : `in version ${version}`;
  return refuseNameOf(`the name "${name}" ${which}`, other?.interface_id);
};

/** Refuse a replacement that is not there, or is the interface itself. */
export const refuseReplacement = (
  interface_id: string,
  replacement: string | null,
  known: ReadonlyMap<string, string>,
): Refusal | undefined => {
  if (replacement === null || (replacement !== interface_id && known.has(replacement)))
    return undefined;
  if (replacement === interface_id)
    return refuse('SELF_REFERENCE', `the interface ${interface_id} cannot replace itself`);
  return refuseMissing(
    'replacement_interface_id',
    'interface',
    `there is no interface ${replacement}`,
  );
};
