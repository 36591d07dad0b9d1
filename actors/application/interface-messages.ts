import { z } from 'zod';
import { command } from '../../src/core/message.js';
import { CalendarDate, Name, Protocol } from '../shared.js';
import { PartId } from './service-messages.js';

const URL_MAX_CHARS = 2048;

/** Where something is reached. No user and password before the host: events are for ever. */
const Endpoint = z
  .string()
  .trim()
  .max(URL_MAX_CHARS)
  .regex(
    /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@[\]]+)(:\d{1,5})?([/?#]\S*)?$/,
    'expected a URL or a host, such as https://api.example.org/v1 or broker.example.org:9092',
  );
/** An address of the web. */
const HttpUrl = Endpoint.regex(/^https?:\/\//i, 'expected an http(s) URL');
/** A version as semver.org has it. */
const Version = z
  .string()
  .trim()
  .max(100)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'expected a semantic version, such as 1.4.0',
  );
const Rate = z.int().positive();

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
  InterfaceEndpointMoved: z.object({
    interface_id: PartId,
    previous_endpoint: Endpoint.nullable(),
    new_endpoint: Endpoint,
  }),
  SpecificationPublished: z.object({
    interface_id: PartId,
    previous_specification_url: HttpUrl.nullable(),
    new_specification_url: HttpUrl,
  }),
  AuthenticationSet: z.object({
    interface_id: PartId,
    previous_authentication_method: Name.nullable(),
    new_authentication_method: Name,
  }),
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

export const interfaceCommands = {
  ExposeInterface: command({
    summary: 'Open a way into the application; one that was retired may be opened again.',
    data: z.object({
      interface_id: PartId,
      name: Name,
      protocol: Protocol,
      endpoint: Endpoint.nullable().default(null),
      version: Version.nullable().default(null),
    }),
    emits: ['InterfaceExposed'],
    roles: ['platform_ops', 'owner', 'importer'],
    aliases: ['AddInterface'],
    boundaries: ['interfaces'],
  }),
  LinkInterfaceToService: command({
    summary: 'Say that an interface serves a service of the same application.',
    data: z.object({ interface_id: PartId, service_id: PartId }),
    emits: ['InterfaceLinked'],
    roles: ['owner', 'importer'],
    aliases: ['LinkInterface'],
  }),
  UnlinkInterfaceFromService: command({
    summary: 'Say that an interface serves a service no more.',
    data: z.object({ interface_id: PartId, service_id: PartId }),
    emits: ['InterfaceUnlinked'],
    roles: ['owner', 'importer'],
    aliases: ['UnlinkInterface'],
  }),
  MoveInterfaceEndpoint: command({
    summary: 'Record that an interface is reached somewhere else.',
    data: z.object({ interface_id: PartId, endpoint: Endpoint }),
    emits: ['InterfaceEndpointMoved'],
    roles: ['platform_ops', 'importer'],
  }),
  PublishSpecification: command({
    summary: 'Say where an interface is specified.',
    data: z.object({ interface_id: PartId, specification_url: HttpUrl }),
    emits: ['SpecificationPublished'],
    roles: ['platform_ops', 'owner', 'importer'],
  }),
  SetInterfaceAuthentication: command({
    summary: 'Say how callers of an interface prove who they are.',
    data: z.object({ interface_id: PartId, method: Name }),
    emits: ['AuthenticationSet'],
    roles: ['platform_ops', 'importer'],
  }),
  SetRateLimits: command({
    summary: 'Say how many requests an interface takes.',
    data: z.object({ interface_id: PartId, requests_per_second: Rate, burst: Rate }),
    emits: ['RateLimitsSet'],
    roles: ['platform_ops', 'importer'],
  }),
  DeprecateInterface: command({
    summary: 'Announce the end of an interface, its date, and what replaces it.',
    data: z.object({
      interface_id: PartId,
      sunset_date: CalendarDate.nullable().default(null),
      replacement_interface_id: PartId.nullable().default(null),
    }),
    emits: ['InterfaceDeprecated'],
    roles: ['owner', 'importer'],
    boundaries: ['interfaces'],
  }),
  RetireInterface: command({
    summary: 'Close a deprecated interface.',
    data: z.object({ interface_id: PartId }),
    emits: ['InterfaceRetired'],
    roles: ['owner', 'importer'],
    aliases: ['CloseInterface'],
  }),
};

/** A way into an application, as it is known inside the application. */
export const Interface = z.object({
  interface_id: z.string(),
  name: z.string(),
  protocol: Protocol,
  endpoint: z.string().nullable(),
  version: z.string().nullable(),
  specification_url: z.string().nullable(),
  authentication_method: z.string().nullable(),
  rate_limits: z.object({ requests_per_second: Rate, burst: Rate }).nullable(),
  serves_service_ids: z.array(z.string()),
  status: z.enum(['active', 'deprecated', 'retired']),
  sunset_date: z.string().nullable(),
  replacement_interface_id: z.string().nullable(),
});
export type Interface = z.output<typeof Interface>;
