import { isRefusal, refuse } from '../../src/core/refusal.js';
import { unchanged } from '../shared.js';
import type { Deciding, Evolving } from './deciding.js';
import type { Interface, interfaceCommands, interfaceEvents } from './interface-messages.js';
import {
  interfaceIn,
  interfaceOf,
  liveInterface,
  refuseEndpoint,
  refuseReplacement,
  refuseTakenName,
} from './interface-rules.js';
import { partOf, refuseUsedId } from './parts.js';
import { refusePastDate, refuseRetired } from './rules.js';
import type { ApplicationData } from './schemas.js';
import { offeredBy } from './services.js';

const withInterface = (
  { interfaces }: ApplicationData,
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
  InterfaceEndpointMoved: (data, { interface_id, new_endpoint }) =>
    withInterface(data, interface_id, () => ({ endpoint: new_endpoint })),
  SpecificationPublished: (data, { interface_id, new_specification_url }) =>
    withInterface(data, interface_id, () => ({ specification_url: new_specification_url })),
  AuthenticationSet: (data, { interface_id, new_authentication_method }) =>
    withInterface(data, interface_id, () => ({
      authentication_method: new_authentication_method,
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
} satisfies Evolving<typeof interfaceEvents>;

export const decideInterfaces = {
  ExposeInterface: (self, exposed, context) => {
    const own = partOf(self.data.interfaces, exposed.interface_id);
    return (
      refuseRetired(self, context, { to: 'expose interfaces', instead: 'RetireInterface' }) ??
      refuseUsedId(self, context.id, {
        what: 'interface',
        id: exposed.interface_id,
        holder: context.boundaries.interfaces.get(exposed.interface_id),
        inUse: own !== undefined && own.status !== 'retired',
      }) ??
      refuseTakenName(self, exposed) ??
      refuseEndpoint(exposed.protocol, exposed.endpoint) ?? [
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
  MoveInterfaceEndpoint: (self, { interface_id, endpoint }) => {
    const one = liveInterface(self, interface_id);
    if (isRefusal(one)) return one;
    if (one.endpoint === endpoint) return unchanged('the endpoint', endpoint);
    const moved = { interface_id, previous_endpoint: one.endpoint, new_endpoint: endpoint };
    return (
      refuseEndpoint(one.protocol, endpoint) ?? [{ type: 'InterfaceEndpointMoved', data: moved }]
    );
  },
  PublishSpecification: (self, { interface_id, specification_url }) => {
    const one = liveInterface(self, interface_id);
    if (isRefusal(one)) return one;
    const { specification_url: previous_specification_url } = one;
    if (previous_specification_url === specification_url)
      return unchanged('the specification', specification_url);
    const new_specification_url = specification_url;
    const published = { interface_id, previous_specification_url, new_specification_url };
    return [{ type: 'SpecificationPublished', data: published }];
  },
  SetInterfaceAuthentication: (self, { interface_id, method }) => {
    const one = liveInterface(self, interface_id);
    if (isRefusal(one)) return one;
    const { authentication_method: previous_authentication_method } = one;
    if (previous_authentication_method === method)
      return unchanged('the authentication method', method);
    const new_authentication_method = method;
    const set = { interface_id, previous_authentication_method, new_authentication_method };
    return [{ type: 'AuthenticationSet', data: set }];
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
} satisfies Deciding<typeof interfaceCommands>;
