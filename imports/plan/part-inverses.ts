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
  RateLimitsSet: {
    keys: way('/rate_limits'),
    back: ({ data, because }) =>
      data.previous_burst === null
        ? command('ClearRateLimits', { interface_id: data.interface_id, reason: because })
        : command('SetRateLimits', {
            interface_id: data.interface_id,
            requests_per_second: data.previous_requests_per_second,
            burst: data.previous_burst,
          }),
  },
  RateLimitsCleared: {
    keys: way('/rate_limits'),
    back: ({ data: { interface_id, previous_rate_limits: before } }) =>
      command('SetRateLimits', { interface_id, ...(before as Fields) }),
  },
};
