import { describe, expect, it } from 'vitest';
import { TalkingLamp } from '../../../test/support/talking-lamps.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';
import { ANSWER_BYTES_MAX } from './limits.js';

const log = { warn: () => {}, error: () => {} };
const TIMES = 300;

describe('an answer to what was accepted that would be too large', () => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: [TalkingLamp], store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
  const ask = async (method: string, path: string, body: object, key: string) => {
    const headers = {
      'content-type': 'application/json',
      'x-actor': 'ada',
      'idempotency-key': key,
    };
    const response = await app.request(path, { method, headers, body: JSON.stringify(body) });
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      json: (await response.json()) as Readonly<Record<string, unknown>>,
    };
  };
  const much = { times: TIMES, chars: Math.ceil(ANSWER_BYTES_MAX / TIMES) };
  const none = { events: [], events_left_out: TIMES };

  it.each([
    ['POST', '/lamps/a/commands/say', none],
    ['PATCH', '/lamps/a', { commands: [{ command_type: 'Say', ...none }], unchanged: [] }],
  ])('to %s %s: that it was, and where, without the events', async (method, path, expected) => {
    await ask('POST', '/lamps/a/commands/put-lamp', {}, crypto.randomUUID());
    const key = crypto.randomUUID();
    const { version } = await runtime.state(TalkingLamp, 'a');
    const told = await ask(method, path, much, key);
    expect(told).toMatchObject({
      status: 200,
      etag: `"${version + TIMES}"`,
      json: { ...expected, aggregate_version: version + TIMES, replayed: false },
    });
    expect(told.json.position).toMatch(/^lamp:\d+$/);
    const again = await ask(method, path, much, key);
    expect(again.json).toEqual({ ...told.json, replayed: true });
    expect((await runtime.state(TalkingLamp, 'a')).version).toBe(version + TIMES);
  });
});
