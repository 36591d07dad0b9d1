import { describe, expect, it } from 'vitest';
import { actors } from '../../../../actors/index.js';
import { roles } from '../../../../actors/roles.js';
import { Runtime } from '../../../write/runtime/runtime.js';
import { memoryStore } from '../../../write/store/memory-store.js';
import type { Access } from '../../access/index.js';
import { createHttp } from '../create-http.js';
import { BODIES_BYTES_OF_ONE_MAX, HTTP_LIMITS } from '../limits.js';
import { Bodies } from './bodies.js';

const who = (actor: string) =>
  ({ actor, actor_type: 'user', roles: ['admin'], teams: [] }) as const;

describe('the bodies that are being read', () => {
  it('are so many bytes of one who asks, and others find room until they are too many at all', () => {
    const bodies = new Bodies(100, 60);
    const ada = bodies.begin(who('ada'));
    expect(ada.more(60)).toBeUndefined();
    expect(ada.more(1)).toMatchObject({ refused: 'RATE_LIMITED' });
    expect(bodies.begin(who('ada')).more(1)).toMatchObject({ refused: 'RATE_LIMITED' });
    const bob = bodies.begin(who('bob'));
    expect(bob.more(40)).toBeUndefined();
    expect(bob.more(1)).toMatchObject({ refused: 'BUSY' });
    expect(bodies.begin(undefined).more(1)).toMatchObject({ refused: 'BUSY' });
    ada.end();
    ada.end();
    expect(bodies.begin(who('ada')).more(60)).toBeUndefined();
    expect(bodies.begin(who('bob')).more(1)).toMatchObject({ refused: 'BUSY' });
  });

  it('of one who sends slowly leave room for everybody else', async () => {
    const access: Access = { roles, authenticate: async ({ apiKey = '' }) => who(apiKey) };
    const log = { warn: () => {}, error: () => {} };
    const store = memoryStore();
    const runtime = new Runtime({ definitions: actors, store, log });
    const app = createHttp({ runtime, store, log, access, info: { name: 'stele', version: '1' } });
    const { bodyMax } = HTTP_LIMITS;
    const senders: ReadableStreamDefaultController<Uint8Array>[] = [];
    const send = (key: string, declared: boolean) => {
      const body = new ReadableStream<Uint8Array>({
        start: (sender) => {
          senders.push(sender);
          sender.enqueue(new Uint8Array(bodyMax).fill(32));
        },
      });
      const headers = {
        'x-api-key': key,
        'content-type': 'application/json',
        ...(declared && { 'content-length': `${bodyMax}` }),
      };
      const request = { method: 'POST', headers, body, duplex: 'half' };
      return app.request('/applications/a/commands/set-owner', request as RequestInit);
    };
    const slow = Array.from({ length: BODIES_BYTES_OF_ONE_MAX / bodyMax }, (_, index) =>
      send('ada', index % 2 === 0),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const declared of [true, false]) {
      const more = await send('ada', declared);
      expect([more.status, await more.json()]).toMatchObject([429, { code: 'RATE_LIMITED' }]);
    }
    const other = send('bob', true);
    senders.at(-1)!.close();
    expect((await other).status).toBe(400);
    for (const sender of senders.slice(0, slow.length)) sender.close();
    for (const one of await Promise.all(slow)) expect(one.status).toBe(400);
    const again = send('ada', true);
    senders.at(-1)!.close();
    expect((await again).status).toBe(400);
  });
});
