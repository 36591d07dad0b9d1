import { describe, expect, it } from 'vitest';
import { clientAddress, trustedProxies } from './trusted-proxies.js';

const PROXIES = trustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])!;
const from = (peer: string, xForwardedFor?: string, forwarded?: string) =>
  clientAddress({ peer, xForwardedFor, forwarded }, PROXIES);

describe('where a request came from', () => {
  it.each<[peer: string, said: string | undefined, expected: string, why: string]>([
    ['192.0.2.9', '198.51.100.1', '192.0.2.9', 'a stranger may say anything'],
    ['127.0.0.1', undefined, '127.0.0.1', 'the proxy says nothing'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1', 'the proxy says it'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1', 'IPv4 on an IPv6 socket'],
    ['127.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1', 'what the client wrote itself'],
    ['127.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3', '198.51.100.1', 'two proxies'],
    ['127.0.0.1', '10.1.2.3', '10.1.2.3', 'a client within the network of proxies'],
    ['127.0.0.1', '198.51.100.1, unknown', '127.0.0.1', 'a proxy that does not tell'],
    ['127.0.0.1', '198.51.100.1, unknown, 10.1.2.3', '10.1.2.3', 'the farther one does not tell'],
    ['127.0.0.1', '198.51.100.1:4711', '198.51.100.1', 'with a port'],
    ['fd00::1', '[2001:DB8::7]:4711', '2001:db8::7', 'IPv6 with a port'],
    ['fd00::1', '2001:db8::7', '2001:db8::7', 'IPv6'],
    ['127.0.0.1', ', ,', '127.0.0.1', 'nothing in it'],
    ['127.0.0.1', '9'.repeat(5_000), '127.0.0.1', 'no address'],
  ])('%s with "%s" is %s: %s', (peer, said, expected) => {
    expect(from(peer, said)).toBe(expected);
  });

  it.each<[forwarded: string, expected: string]>([
    ['for=198.51.100.1;proto=https;by=10.0.0.1', '198.51.100.1'],
    ['For="[2001:db8::7]:4711"', '2001:db8::7'],
    ['for=6.6.6.6, proto=https;for="198.51.100.1:80"', '198.51.100.1'],
    ['for="6.6.6.6, for=7.7.7.7", for=198.51.100.1', '198.51.100.1'],
    ['for=_hidden', '127.0.0.1'],
    ['for=6.6.6.6;a=", for="[2001:db8::1]"', '127.0.0.1'],
    ['for=6.6.6.6;a=", for=198.51.100.1', '127.0.0.1'],
    ['for=6.6.6.6;a="\\", for="[2001:db8::1]"', '127.0.0.1'],
    ['for=6.6.6.6 for=198.51.100.1', '127.0.0.1'],
    ['for=6.6.6.6;a="b\\"c, d", for=198.51.100.1', '198.51.100.1'],
    ['for=6.6.6.6, , by=10.0.0.1 ; for = 198.51.100.1:80;host="a;b"', '198.51.100.1'],
    ['for=198.51.100.1,', '198.51.100.1'],
    ['for=6.6.6.6, proto=https', '127.0.0.1'],
    ['proto=https', '127.0.0.1'],
    ['"'.repeat(999), '127.0.0.1'],
    [`for=198.51.100.1;x=${'y'.repeat(1_000)}`, '127.0.0.1'],
  ])('Forwarded: %s is %s', (forwarded, expected) => {
    expect(from('127.0.0.1', undefined, forwarded)).toBe(expected);
  });

  it('is nobody but the proxy where its two headers differ: the client wrote one of them', () => {
    expect(from('127.0.0.1', '198.51.100.1', 'for=6.6.6.6')).toBe('127.0.0.1');
    expect(from('127.0.0.1', '198.51.100.1', 'for=198.51.100.1')).toBe('198.51.100.1');
    // Nor does one stand alone because the client spoilt the other.
    expect(from('127.0.0.1', '6.6.6.6', 'a=", for=198.51.100.1')).toBe('127.0.0.1');
    expect(from('127.0.0.1', '6.6.6.6', `a=${'y'.repeat(1_000)}, for=198.51.100.1`)).toBe(
      '127.0.0.1',
    );
  });

  it('is not known without a connection', () => {
    const none = { peer: undefined, xForwardedFor: '198.51.100.1', forwarded: undefined };
    expect(clientAddress(none, PROXIES)).toBeUndefined();
  });

  it('proxies are addresses and networks, and nothing else', () => {
    for (const wrong of ['proxy.example', '10.0.0.0/33', '::/129', '10.0.0', '*', '', '1.2.3.4/'])
      expect(trustedProxies([wrong]), wrong).toBeUndefined();
    expect(trustedProxies([])!.has('127.0.0.1')).toBe(false);
    expect(trustedProxies(['0.0.0.0/0', '::/0'])!.has('2001:db8::1')).toBe(true);
  });
});
