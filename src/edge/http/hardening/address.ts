import type { Ctx, Http } from '../http.js';
import { clientAddress, type TrustedProxies } from './trusted-proxies.js';

/** Groups of an IPv6 address that say whose it is; the rest one client chooses as it likes. */
const NETWORK_GROUPS = 4;

/** Finds where requests came from, as far as connections and trusted proxies tell. */
export const addressesBy =
  (proxies: TrustedProxies): Http['addressOf'] =>
  (c: Ctx) =>
    clientAddress(
      {
        peer: c.env?.incoming?.socket.remoteAddress,
        xForwardedFor: c.req.header('x-forwarded-for'),
        forwarded: c.req.header('forwarded'),
      },
      proxies,
    );

/** Whose an address is, for bounds: an IPv4 address, or the network of an IPv6 one. */
export const networkOf = (address = 'unknown'): string => {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const left = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + left.length < 8) groups.push('0');
  return `${[...groups, ...left].slice(0, NETWORK_GROUPS).join(':')}::/64`;
};
