import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { issuerKeys, KEYS_MAX_BYTES, KEYS_TRIED_AGAIN_MS } from './issuer-keys.js';

let asked = 0;
let answer = (response: ServerResponse): void => void response.end('{"keys":[]}');
const server = createServer((_, response) => {
  asked++;
  answer(response);
});
beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  asked = 0;
});

const opened = () => {
  let now = 1;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const keys = issuerKeys(url, () => now);
  return {
    later: (ms: number) => {
      now += ms;
    },
    ask: async () => keys({ alg: 'RS256', kid: 'any' }, { payload: '', signature: '' }),
  };
};

it.each([
  ['refuses', (response: ServerResponse) => response.writeHead(503).end('{"keys":[]}')],
  ['sends somewhere else', (response: ServerResponse) => response.writeHead(302).end()],
  ['sends no JSON', (response: ServerResponse) => response.end('<html>')],
  ['sends no keys', (response: ServerResponse) => response.end('{"keys":1}')],
])('an issuer that %s is asked once a second, whatever comes in', async (_, wrong) => {
  answer = wrong;
  const { ask, later } = opened();
  for (let n = 0; n < 20; n++) await expect(ask()).rejects.toThrow();
  expect(asked).toBe(1);
  later(KEYS_TRIED_AGAIN_MS);
  answer = (response) => response.end('{"keys":[]}');
  // There are keys now, and this is none of them.
  await expect(ask()).rejects.toThrow(/no applicable key/);
  expect(asked).toBe(2);
});

it('reads no endless answer', async () => {
  let sent = 0;
  const part = Buffer.alloc(64 * 1024, ' ');
  answer = (response) => {
    const more = (): void => {
      while (!response.destroyed && sent < 64 * KEYS_MAX_BYTES) {
        sent += part.length;
        if (!response.write(part)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };
  await expect(opened().ask()).rejects.toThrow(/longer than 1048576 bytes/);
  expect(sent).toBeLessThan(32 * KEYS_MAX_BYTES);
});
