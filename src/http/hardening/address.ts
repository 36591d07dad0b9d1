import type { Ctx } from '../http.js';

/** Groups of an IPv6 address that say whose it is; the rest one client chooses as it likes. */
const NETWORK_GROUPS = 4;

/** Who is at the other end of the connection: an IPv4 address, or the network of an IPv6 one. */
export const addressOf = (c: Ctx): string => {
  const address = c.env?.incoming?.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const left = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + left.length < 8) groups.push('0');
  return `${[...groups, ...left].slice(0, NETWORK_GROUPS).join(':')}::/64`;
};
