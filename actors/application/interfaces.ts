import { z } from 'zod';
import type { Deciding } from '../../src/core/define-aggregate.js';
import { clears, sets, unchanged } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { isRefusal, refuse } from '../../src/core/refusal.js';
import { CalendarDate, Description, Name, NoReason, Protocol, takenBack } from '../shared.js';
import { type boundaries, PartId, partOf, refuseAnother, refuseUsedId } from './boundaries.js';
import type { interfaceEvents } from './interface.js';
import {
  Endpoint,
  ending,
  HttpUrl,
  interfaceIn,
  interfaceOf,
  live,
  liveInterface,
  interfacePart as of,
  Rate,
  RateLimits,
  type Reached,
  refuseEndpoint,
  refuseReplacement,
  refuseTakenName,
  type Self,
  Version,
} from './interface.js';
import { type Asking, refusePastDate, refuseRetired } from './lifecycle.js';
import { offeredBy } from './services.js';

const platform = ['platform_ops', 'importer'] as const;
const owners = ['owner', 'importer'] as const;
const both = ['platform_ops', 'owner', 'importer'] as const;

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
    roles: both,
    of,
    aliases: ['AddInterface'],
    boundaries: ['interfaces'],
  }),
  LinkInterfaceToService: command({
    summary: 'Say that an interface serves a service of the same application.',
    data: z.object({ interface_id: PartId, service_id: PartId }),
    emits: ['InterfaceLinked'],
    roles: owners,
    of,
    sets: { serves_service_ids: { add: 'service_id' } },
    aliases: ['LinkInterface'],
  }),
  UnlinkInterfaceFromService: command({
    summary: 'Say that an interface serves a service no more.',
    data: z.object({ interface_id: PartId, service_id: PartId }),
    emits: ['InterfaceUnlinked'],
    roles: owners,
    of,
    sets: { serves_service_ids: { remove: 'service_id' } },
    aliases: ['UnlinkInterface'],
  }),
  RenameInterface: sets('name', Name, {
    summary: 'Call an interface something else.',
    event: 'InterfaceRenamed',
    also: { reason: NoReason },
    roles: both,
    of: live,
  }),
  DescribeInterface: sets('description', Description, {
    summary: 'Describe an interface in other words.',
    event: 'InterfaceDescribed',
    bare: true,
    isText: true,
    empty: '',
    roles: both,
    of: live,
  }),
  SetInterfaceVersion: sets('version', Version, {
    summary: 'Say in which version an interface is spoken.',
    event: 'InterfaceVersionSet',
    roles: both,
    of: live,
    cleared: takenBack(
      'ClearInterfaceVersion',
      'InterfaceVersionCleared',
      'Leave open in which version an interface is spoken.',
    ),
  }),
  MoveInterfaceEndpoint: sets('endpoint', Endpoint, {
    summary: 'Record that an interface is reached somewhere else.',
    event: 'InterfaceEndpointMoved',
    roles: platform,
    of: live,
    cleared: takenBack(
      'ClearInterfaceEndpoint',
      'InterfaceEndpointCleared',
      'Leave open where an interface is reached.',
    ),
  }),
  PublishSpecification: sets('specification_url', HttpUrl, {
    summary: 'Say where an interface is specified.',
    event: 'SpecificationPublished',
    what: 'the specification',
    roles: both,
    of: live,
    cleared: takenBack(
      'WithdrawSpecification',
      'SpecificationWithdrawn',
      'Record that an interface is specified nowhere any more.',
    ),
  }),
  SetInterfaceAuthentication: sets('authentication_method', Name, {
    summary: 'Say how callers of an interface prove who they are.',
    event: 'AuthenticationSet',
    as: 'method',
    roles: platform,
    of: live,
    cleared: takenBack(
      'ClearInterfaceAuthentication',
      'AuthenticationCleared',
      'Leave open how callers of an interface prove who they are.',
    ),
  }),
  SetRateLimits: command({
    summary: 'Say how many requests an interface takes.',
    data: z.object({ interface_id: PartId, requests_per_second: Rate, burst: Rate }),
    emits: ['RateLimitsSet'],
    roles: platform,
    of,
    sets: { rate_limits: { members: ['requests_per_second', 'burst'] } },
  }),
  ClearRateLimits: clears('rate_limits', RateLimits, {
    summary: 'Leave open how many requests an interface takes.',
    event: 'RateLimitsCleared',
    also: { reason: NoReason },
    what: 'the rate limit',
    roles: platform,
    of: live,
  }),
  DeprecateInterface: command({
    summary: 'Announce the end of an interface, its date, and what replaces it.',
    data: z.object({
      interface_id: PartId,
      sunset_date: CalendarDate.nullable().default(null),
      replacement_interface_id: PartId.nullable().default(null),
    }),
    emits: ['InterfaceDeprecated'],
    roles: owners,
    of,
    boundaries: ['interfaces'],
  }),
  RescheduleInterfaceSunset: sets('sunset_date', CalendarDate, {
    summary: 'Set another date for the end of a deprecated interface.',
    event: 'InterfaceSunsetRescheduled',
    also: { reason: NoReason },
    roles: owners,
    of: ending,
    cleared: takenBack(
      'CancelInterfaceSunset',
      'InterfaceSunsetCancelled',
      'Leave open when a deprecated interface ends.',
    ),
  }),
  NameInterfaceReplacement: sets('replacement_interface_id', PartId, {
    summary: 'Say what replaces a deprecated interface.',
    event: 'InterfaceReplacementNamed',
    what: 'the replacement',
    roles: owners,
    boundaries: ['interfaces'],
    of: ending,
    cleared: takenBack(
      'ClearInterfaceReplacement',
      'InterfaceReplacementCleared',
      'Record that nothing replaces a deprecated interface.',
    ),
  }),
  RetireInterface: command({
    summary: 'Close a deprecated interface.',
    data: z.object({ interface_id: PartId }),
    emits: ['InterfaceRetired'],
    roles: owners,
    of,
    aliases: ['CloseInterface'],
  }),
};

type Told<F extends string, V = string> = { readonly interface_id: string } & {
  readonly [K in F]: V;
};
const named = ({ data }: Self, id: string) => partOf(data.interfaces, id)!;

export const refusesInterfaces = {
  RenameInterface: (self: Self, { interface_id: id, name }: Told<'name'>) =>
    refuseTakenName(self, { name, version: named(self, id).version }, id),
  SetInterfaceVersion: (self: Self, { interface_id: id, version }: Told<'version'>) =>
    refuseTakenName(self, { name: named(self, id).name, version }, id),
  ClearInterfaceVersion: (self: Self, { interface_id: id }: Told<never>) =>
    refuseTakenName(self, { name: named(self, id).name, version: null }, id),
  MoveInterfaceEndpoint: (self: Self, { interface_id: id, endpoint }: Told<'endpoint'>) =>
    refuseEndpoint(named(self, id).protocol, endpoint),
  RescheduleInterfaceSunset: (_: Self, { sunset_date }: Told<'sunset_date'>, context: Asking) =>
    refusePastDate(sunset_date, context),
  NameInterfaceReplacement: (
    _: Self,
    { interface_id, replacement_interface_id }: Told<'replacement_interface_id'>,
    { boundaries }: { readonly boundaries: { readonly interfaces: ReadonlyMap<string, string> } },
  ) => refuseReplacement(interface_id, replacement_interface_id, boundaries.interfaces),
};

export const decideInterfaces = {
  ExposeInterface: (self, exposed, context) => {
    const own = partOf(self.data.interfaces, exposed.interface_id);
    return (
      refuseRetired(self, context, { to: 'expose interfaces', instead: 'RetireInterface' }) ??
      refuseUsedId(self.data.name, context.id, {
        what: 'interface',
        id: exposed.interface_id,
        holder: context.boundaries.interfaces.get(exposed.interface_id),
        inUse: own !== undefined && own.status !== 'retired',
      }) ??
      refuseTakenName(self, exposed) ??
      refuseEndpoint(exposed.protocol, exposed.endpoint) ??
      refuseAnother(self.data.interfaces, exposed.interface_id, 'interfaces of an application') ?? [
        { type: 'InterfaceExposed', data: exposed },
      ]
    );
  },
  LinkInterfaceToService: (self, linked) => {
    const one = liveInterface(self, linked.interface_id);
    if (isRefusal(one)) return one;
    const service = offeredBy(self, linked.service_id);
    if (isRefusal(service)) return service;
    if (one.serves_service_ids.includes(linked.service_id))
      return refuse('NO_CHANGE', `"${one.name}" serves "${service.name}" already`);
    return [{ type: 'InterfaceLinked', data: linked }];
  },
  UnlinkInterfaceFromService: (self, unlinked) => {
    const one = interfaceOf(self, unlinked.interface_id);
    if (isRefusal(one)) return one;
    if (!one.serves_service_ids.includes(unlinked.service_id))
      return refuse('NO_CHANGE', `"${one.name}" does not serve ${unlinked.service_id}`);
    return [{ type: 'InterfaceUnlinked', data: unlinked }];
  },
  SetRateLimits: (self, { interface_id, requests_per_second, burst }) => {
    const one = liveInterface(self, interface_id);
    if (isRefusal(one)) return one;
    const before = one.rate_limits;
    if (before?.requests_per_second === requests_per_second && before.burst === burst)
      return unchanged('the rate limit', `${requests_per_second}/s, burst ${burst}`);
    const set = {
      interface_id,
      previous_requests_per_second: before?.requests_per_second ?? null,
      previous_burst: before?.burst ?? null,
      new_requests_per_second: requests_per_second,
      new_burst: burst,
    };
    return [{ type: 'RateLimitsSet', data: set }];
  },
  DeprecateInterface: (self, deprecated, context) => {
    const { interface_id, sunset_date, replacement_interface_id } = deprecated;
    const one = interfaceIn(self, interface_id, ['active']);
    if (isRefusal(one)) return one;
    return (
      (sunset_date === null ? undefined : refusePastDate(sunset_date, context)) ??
      refuseReplacement(interface_id, replacement_interface_id, context.boundaries.interfaces) ?? [
        { type: 'InterfaceDeprecated', data: deprecated },
      ]
    );
  },
  RetireInterface: (self, { interface_id }) => {
    const one = interfaceIn(self, interface_id, ['deprecated']);
    return isRefusal(one) ? one : [{ type: 'InterfaceRetired', data: { interface_id } }];
  },
} satisfies Deciding<Reached, typeof interfaceCommands, typeof interfaceEvents, typeof boundaries>;
