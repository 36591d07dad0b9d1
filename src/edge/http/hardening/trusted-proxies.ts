import { BlockList, isIP } from 'node:net';

const RANGE = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i;
const MAPPED = /^::ffff:(?=\d+\.)/i;
/** How a proxy writes an address: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]`, `[2001:db8::1]:80`. */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;
/**
 * One pair of `Forwarded` (RFC 7239) and what ends it: the next pair, the next hop or the text.
 * Values without quotes may hold more than there: proxies write ports so.
 */
const PAIR =
  /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))[ \t]*)?(;|,|$)/y;
/** A header that is longer says nothing: nobody has so many proxies. */
const SAID_MAX = 1_000;

/** Addresses of which one knows where what they pass on came from. */
export type TrustedProxies = { has(address: string): boolean };

/** What a request says of itself: the other end of the connection, and headers of proxies. */
export type Forwarding = {
  readonly peer: string | undefined;
  readonly xForwardedFor: string | undefined;
  readonly forwarded: string | undefined;
};

/** An address as it is compared, or undefined when it is none. */
const plain = (text: string): string | undefined => {
  const trimmed = text.trim();
  const [, six, four] = WITH_PORT.exec(trimmed) ?? [];
  const [address = ''] = (six ?? four ?? trimmed).replace(MAPPED, '').toLowerCase().split('%');
  return isIP(address) === 0 ? undefined : address;
};

/** Addresses and networks; undefined when one of them is neither. */
export const trustedProxies = (ranges: readonly string[]): TrustedProxies | undefined => {
  const list = new BlockList();
  for (const range of ranges) {
    const [, text = '', bits] = RANGE.exec(range.trim()) ?? [];
    const family = isIP(text);
    const width = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? width : Number(bits);
    if (family === 0 || prefix > width) return undefined;
    list.addSubnet(text, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return { has: (address) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6') };
};

/** From the nearest on, each hop was written by the one before it: the first stranger is the client. */
const walk = (peer: string, hops: readonly string[], proxies: TrustedProxies): string => {
  let at = peer;
  for (const hop of hops.toReversed()) {
    const said = plain(hop);
    if (!proxies.has(at) || said === undefined) return at;
    at = said;
  }
  return at;
};

/**
 * For whom each hop of `Forwarded` was. It says nothing at all unless the whole of it can be read:
 * a quote that a client leaves open would take in what the proxy wrote after it.
 */
const hopsOf = (forwarded: string): readonly string[] => {
  if (forwarded.length > SAID_MAX) return [];
  const hops: string[] = [];
  let hop: string | undefined;
  for (let at = 0; ; at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(forwarded);
    if (!pair) return [];
    const [, name, quoted, bare = '', end] = pair;
    if (name !== undefined) hop ??= '';
    if (name?.toLowerCase() === 'for') hop = quoted ?? bare;
    if (end === ';') continue;
    if (hop !== undefined) hops.push(hop);
    hop = undefined;
    if (end === '') return hops;
  }
};

/**
 * Where a request came from: the other end of the connection, unless that is a trusted proxy, whose
 * word counts then. A proxy passes on what it does not write: where both headers stand and differ,
 * neither counts; one that cannot be read differs.
 */
export const clientAddress = (
  { peer, xForwardedFor, forwarded }: Forwarding,
  proxies: TrustedProxies,
): string | undefined => {
  const near = peer === undefined ? undefined : plain(peer);
  if (near === undefined || !proxies.has(near)) return near;
  const told = [
    ...(xForwardedFor === undefined ? [] : [xForwardedFor.slice(-SAID_MAX).split(',')]),
    ...(forwarded === undefined ? [] : [hopsOf(forwarded)]),
  ].map((hops) => walk(near, hops, proxies));
  const [first = near, second = first] = told;
  return first === second ? first : near;
};
