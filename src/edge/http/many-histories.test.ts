import { expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { LOG_READS_AT_ONCE, LOG_READS_WAITING_OF_ONE_MAX } from '../../write/runtime/limits.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access } from '../access/index.js';
import { createHttp } from './create-http.js';

it.each([
  ['GET', '/applications/a/events', 404],
  ['HEAD', '/events/stream?aggregate_type=Application&aggregate_id=a&from_version=1', 200],
])(
  'of one who asks for many histories, by %s %s, leave the log and their turn to others',
  async (method, path, is) => {
    const access: Access = {
      roles,
      authenticate: async ({ apiKey = '' }) => ({
        actor: apiKey,
        actor_type: 'user',
        roles: ['admin'],
        teams: [],
      }),
    };
    const log = { warn: () => {}, error: () => {} };
    const store = memoryStore();
    let reading = 0;
    let most = 0;
    const slow: typeof store.read = async (...asked) => {
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setTimeout(resolve, 1));
      reading--;
      return store.read(...asked);
    };
    const runtime = new Runtime({ definitions: actors, store, log });
    const info = { name: 'stele', version: '1' };
    const app = createHttp({
      runtime,
      store: { ...store, read: slow },
      log,
      access,
      info,
      limits: { streamsOfOneMax: 1_000 },
    });
    const done: string[] = [];
    const ask = async (key: string) => {
      const { status } = await app.request(path, {
        method,
        headers: { 'x-api-key': key },
      });
      done.push(`${key} ${status}`);
    };
    const all = LOG_READS_AT_ONCE + LOG_READS_WAITING_OF_ONE_MAX;
    await Promise.all([...Array.from({ length: all + 3 }, () => ask('ada')), ask('bob')]);
    expect(most).toBe(LOG_READS_AT_ONCE);
    expect(done.filter((one) => one === 'ada 429')).toHaveLength(3);
    const answered = done.filter((one) => one !== 'ada 429');
    expect(answered.indexOf(`bob ${is}`)).toBeLessThan(4 * LOG_READS_AT_ONCE);
    expect(answered.filter((one) => one === `ada ${is}`)).toHaveLength(all);
    await ask('ada');
    expect(done.at(-1)).toBe(`ada ${is}`);
  },
);
