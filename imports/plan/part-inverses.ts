import type { Fields } from '../model.js';
import { command, type Inverse, never, text } from './inverse.js';

const service =
  (field: string) =>
  ({ service_id }: Fields) => [`services/${text(service_id)}${field}`];
const way =
  (field: string) =>
  ({ interface_id }: Fields) => [`interfaces/${text(interface_id)}${field}`];

/** Of what an application does for others. */
export const services: Readonly<Record<string, Inverse>> = {
  ServiceOffered: {
    keys: service(''),
    back: ({ data: { service_id }, because }) =>
      command('WithdrawService', { service_id, reason: because }),
  },
  ServiceSlaChanged: {
    keys: service('/sla'),
    back: ({ data: { service_id, previous_sla: sla } }) =>
      sla === null
        ? never('the service had no SLA before, and no command empties it')
        : command('ChangeServiceSla', { service_id, sla }),
  },
  ServiceCapabilityChanged: {
    keys: service('/capability_id'),
    back: ({ data: { service_id, previous_capability_id: capability_id } }) =>
      command('RealignService', { service_id, capability_id }),
  },
  ServiceWithdrawn: {
    keys: service(''),
    back: () =>
      never(
        'what the service was is known, but only offering it anew brings it back: OfferService',
      ),
  },
};

/** Of the ways into an application. */
export const interfaces: Readonly<Record<string, Inverse>> = {
  InterfaceExposed: {
    keys: way(''),
    back: ({ data: { interface_id } }) => [
      command('DeprecateInterface', { interface_id }),
      command('RetireInterface', { interface_id }),
    ],
  },
  InterfaceLinked: {
    keys: ({ interface_id, service_id }) => [
      `interfaces/${text(interface_id)}/serves/${text(service_id)}`,
    ],
    back: ({ data }) => command('UnlinkInterfaceFromService', data),
  },
  InterfaceUnlinked: {
    keys: ({ interface_id, service_id }) => [
      `interfaces/${text(interface_id)}/serves/${text(service_id)}`,
    ],
    back: ({ data }) => command('LinkInterfaceToService', data),
  },
  InterfaceEndpointMoved: {
    keys: way('/endpoint'),
    back: ({ data: { interface_id, previous_endpoint: endpoint } }) =>
      endpoint === null
        ? never('the interface had no endpoint before, and no command empties it')
        : command('MoveInterfaceEndpoint', { interface_id, endpoint }),
  },
  SpecificationPublished: {
    keys: way('/specification_url'),
    back: ({ data: { interface_id, previous_specification_url: specification_url } }) =>
      specification_url === null
        ? never('the interface had no specification before, and no command empties it')
        : command('PublishSpecification', { interface_id, specification_url }),
  },
  AuthenticationSet: {
    keys: way('/authentication_method'),
    back: ({ data: { interface_id, previous_authentication_method: method } }) =>
      method === null
        ? never('the interface had no authentication method before, and no command empties it')
        : command('SetInterfaceAuthentication', { interface_id, method }),
  },
  RateLimitsSet: {
    keys: way('/rate_limits'),
    back: ({ data }) =>
      data.previous_burst === null
        ? never('the interface had no rate limits before, and no command empties them')
        : command('SetRateLimits', {
            interface_id: data.interface_id,
            requests_per_second: data.previous_requests_per_second,
            burst: data.previous_burst,
          }),
  },
};
