import { z } from 'zod';
import type { Evolving } from '../../src/core/define-aggregate.js';
import type { PartSpec } from '../../src/core/message.js';
import { isRefusal, type Refusal, refuse } from '../../src/core/refusal.js';
import { CalendarDate, invalid, Name, normalized, Protocol } from '../shared.js';
import { PartId, partOf, refuseMissing, refuseNameOf } from './boundaries.js';
import type { Service } from './services.js';

const URL_MAX_CHARS = 2048;

/** Where something is reached. No user and password before the host: events are for ever. */
export const Endpoint = z
  .string()
  .trim()
  .max(URL_MAX_CHARS)
  .regex(
    /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]]+)(:\d{1,5})?([/?#]\S*)?$/,
    'expected a URL or a host, such as https://api.example.org/v1 or broker.example.org:9092',
  );
/** An address of the web. */
export const HttpUrl = Endpoint.regex(/^https?:\/\//i, 'expected an http(s) URL');
/** A version as semver.org has it. */
export const Version = z
  .string()
  .trim()
  .max(100)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'expected a semantic version, such as 1.4.0',
  );
export const Rate = z.int().positive();
export const RateLimits = z.object({ requests_per_second: Rate, burst: Rate });

/** A way into an application, as it is known inside the application. */
export const Interface = z.object({
  interface_id: z.string(),
  name: z.string(),
  /** Older ones have none. */
  description: z.string().nullable().optional(),
  protocol: Protocol,
  endpoint: z.string().nullable(),
  version: z.string().nullable(),
  specification_url: z.string().nullable(),
  authentication_method: z.string().nullable(),
  rate_limits: RateLimits.nullable(),
  serves_service_ids: z.array(z.string()),
  status: z.enum(['active', 'deprecated', 'retired']),
  sunset_date: z.string().nullable(),
  replacement_interface_id: z.string().nullable(),
});
export type Interface = z.output<typeof Interface>;

/** What is looked at when interfaces are. */
export type Reached = {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly interfaces: Readonly<Record<string, Interface>>;
};
export type Self = { readonly status: string; readonly data: Reached };

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
  besides?: string,
): Refusal | undefined => {
  const other = Object.values(data.interfaces).find(
    (one) =>
      one.status !== 'retired' &&
      one.interface_id !== besides &&
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

/** Interfaces are resources of their own. */
export const interfacePart = {
  within: 'interfaces',
  id: 'interface_id',
  schema: PartId,
  resource: {
    one: 'interface',
    owner: 'application_id',
    begins: 'ExposeInterface',
    ends: 'RetireInterface',
    // There `version` counts events, as in every document.
    called: { version: 'interface_version' },
  },
} as const;
/** An interface as its fields are set: as long as it can be called. */
export const live = { ...interfacePart, find: liveInterface } as const satisfies PartSpec;
/** What is said of its end, once that is announced. */
export const ending = {
  ...interfacePart,
  find: (self: Self, id: string) => interfaceIn(self, id, ['deprecated']),
} as const satisfies PartSpec;

/** What can have happened to an interface. */
export const interfaceEvents = {
  InterfaceExposed: z.object({
    interface_id: PartId,
    name: Name,
    protocol: Protocol,
    endpoint: Endpoint.nullable(),
    version: Version.nullable(),
  }),
  InterfaceLinked: z.object({ interface_id: PartId, service_id: PartId }),
  InterfaceUnlinked: z.object({ interface_id: PartId, service_id: PartId }),
  RateLimitsSet: z.object({
    interface_id: PartId,
    previous_requests_per_second: Rate.nullable(),
    previous_burst: Rate.nullable(),
    new_requests_per_second: Rate,
    new_burst: Rate,
  }),
  InterfaceDeprecated: z.object({
    interface_id: PartId,
    sunset_date: CalendarDate.nullable(),
    replacement_interface_id: PartId.nullable(),
  }),
  InterfaceRetired: z.object({ interface_id: PartId }),
};

const withInterface = (
  { interfaces }: Reached,
  id: string,
  become: (before: Interface) => Partial<Interface>,
) => {
  const before = partOf(interfaces, id);
  return before ? { interfaces: { ...interfaces, [id]: { ...before, ...become(before) } } } : {};
};

export const evolveInterfaces = {
  InterfaceExposed: ({ interfaces }, exposed) => ({
    interfaces: {
      ...interfaces,
      [exposed.interface_id]: {
        ...exposed,
        specification_url: null,
        authentication_method: null,
        rate_limits: null,
        serves_service_ids: [],
        status: 'active',
        sunset_date: null,
        replacement_interface_id: null,
      },
    },
  }),
  InterfaceLinked: (data, { interface_id, service_id }) =>
    withInterface(data, interface_id, ({ serves_service_ids }) => ({
      serves_service_ids: [...serves_service_ids, service_id],
    })),
  InterfaceUnlinked: (data, { interface_id, service_id }) =>
    withInterface(data, interface_id, ({ serves_service_ids }) => ({
      serves_service_ids: serves_service_ids.filter((one) => one !== service_id),
    })),
  RateLimitsSet: (data, { interface_id, new_requests_per_second, new_burst }) =>
    withInterface(data, interface_id, () => ({
      rate_limits: { requests_per_second: new_requests_per_second, burst: new_burst },
    })),
  InterfaceDeprecated: (data, { interface_id, sunset_date, replacement_interface_id }) =>
    withInterface(data, interface_id, () => ({
      status: 'deprecated',
      sunset_date,
      replacement_interface_id,
    })),
  InterfaceRetired: (data, { interface_id }) =>
    withInterface(data, interface_id, () => ({ status: 'retired' })),
} satisfies Evolving<Reached, typeof interfaceEvents>;
