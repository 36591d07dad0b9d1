import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { actors } from '../../../actors/index.js';
import { PATIENTLY } from '../../../test/support/patience.js';
import type { StoredEvent } from '../../core/event.js';
import type { Epochs, GivenUp } from '../../core/given-up.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access } from '../access/index.js';
import { createHttp } from './create-http.js';
import type { HttpLimits } from './limits.js';
import { serveHttp } from './serve-http.js';

const warnings: object[] = [];
const log = { warn: (what: object) => void warnings.push(what), error: () => {} };
const AS_ME = { 'content-type': 'application/json', 'x-actor': 'user-123' };

const world = (
  limits: Partial<HttpLimits> = {},
  change: Partial<EventStore> = {},
  access?: Access,
  epochs?: Epochs,
) => {
  const store = { ...memoryStore(), ...change };
  const runtime = new Runtime({ definitions: actors, store, log });
  const info = { name: 'stele', version: '1' };
  const app = createHttp({
    runtime,
    store,
    log,
    info,
    limits,
    ...(access && { access }),
    ...(epochs && { epochs }),
  });
  const tell = async (path: string, data: object) => {
    const body = JSON.stringify(data);
    const response = await app.request(path, { method: 'POST', headers: AS_ME, body });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { position: string };
  };
  return {
    app,
    runtime,
    cut: async () =>
      /streams_cut_total (\d+)/.exec(await (await app.request('/metrics')).text())?.[1],
    server: (id: string) =>
      tell(`/servers/${id}/commands/create-server`, {
        hostname: id,
        environment: 'prod',
        criticality: 'high',
      }),
    capability: (id: string) =>
      tell(`/capabilities/${id}/commands/create-capability`, { name: id }),
    tag: (id: string, tag: string) => tell(`/servers/${id}/commands/add-tags`, { tags: [tag] }),
    open: (query = '', headers: Record<string, string> = {}, env?: object) =>
      follow(app.request(`/events/stream${query}`, { headers }, env as never)),
  };
};

type Frame = { id?: string; event?: string; data?: string; comment?: string };

const parse = (text: string): Frame =>
  Object.fromEntries(
    text.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return at === 0 ? ['comment', line.slice(2)] : [line.slice(0, at), line.slice(at + 2)];
    }),
  );

/** A client of an event stream. */
const follow = async (asked: Response | Promise<Response>) => {
  const response = await asked;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const frame = async (): Promise<Frame | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = parse(text.slice(0, end));
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  const event = async () => {
    for (;;) {
      const one = await frame();
      if (!one) return undefined;
      if (one.data === undefined) continue;
      const { aggregate_id, aggregate_version } = JSON.parse(one.data);
      return { ...one, key: `${aggregate_id}@${aggregate_version}` };
    }
  };
  const events = async (count: number) => {
    const found = [];
    while (found.length < count) {
      const one = await event();
      if (!one) break;
      found.push(one);
    }
    return found;
  };
  const leave = async () => {
    await reader.cancel();
    await pause(1);
  };
  return { response, frame, event, events, leave };
};

/** Who follows is the first letters of the key. */
const access: Access = {
  roles: { r: { summary: 'Follows.', may: ['events'] } },
  authenticate: async ({ apiKey = '' }) => ({
    actor: apiKey.slice(0, 3),
    actor_type: 'user',
    roles: ['r'],
    teams: [],
    credential: apiKey,
  }),
};

const keys = (events: readonly { key: string }[]) => events.map(({ key }) => key);

describe('GET /events/stream', () => {
  it('shows only what is new, unless told otherwise', async () => {
    const { open, server } = world();
    await server('old');
    const client = await open();
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    await server('new');
    const one = await client.event();
    expect(one).toMatchObject({ event: 'ServerCreated', key: 'new@1' });
    expect(JSON.parse(one!.data!)).toMatchObject({
      event_type: 'ServerCreated',
      actor: 'user-123',
    });
    await client.leave();
  });

  it('shows everything from the start', async () => {
    const { open, server, capability } = world();
    await server('s1');
    await capability('c1');
    const client = await open('?from=start');
    expect(keys(await client.events(2)).sort()).toEqual(['c1@1', 's1@1']);
    await client.leave();
  });

  it('goes on after a position that a command was answered with', async () => {
    const { open, server } = world();
    await server('s1');
    const { position } = await server('s2');
    await server('s3');
    const client = await open(`?aggregate_type=Server&from=${position}`);
    expect(keys(await client.events(1))).toEqual(['s3@1']);
    await client.leave();
  });

  it('shows what is asked for: types, one aggregate, kinds of events', async () => {
    const { open, server, capability, tag } = world();
    await server('s1');
    await server('s2');
    await capability('c1');
    await tag('s1', 'a');
    await tag('s2', 'b');
    const seen = async (query: string, count: number) => {
      const client = await open(`?from=start&${query}`);
      const found = keys(await client.events(count));
      await client.leave();
      return found;
    };
    expect(await seen('aggregate_type=server', 4)).toEqual(['s1@1', 's2@1', 's1@2', 's2@2']);
    expect(await seen('aggregate_type=nodes&aggregate_id=s2', 2)).toEqual(['s2@1', 's2@2']);
    expect(await seen('event_type=TagsAdded', 2)).toEqual(['s1@2', 's2@2']);
    expect(
      (
        await seen(
          'aggregate_type=Server&aggregate_type=Capability&event_type=CapabilityCreated',
          1,
        )
      )[0],
    ).toBe('c1@1');
  });

  it('begins at a version of one aggregate', async () => {
    const { open, server, tag } = world();
    await server('s1');
    for (const one of ['a', 'b', 'c']) await tag('s1', one);
    const query = '?aggregate_type=Server&aggregate_id=s1&from_version=3';
    const client = await open(query);
    expect(keys(await client.events(2))).toEqual(['s1@3', 's1@4']);
    await client.leave();
    const later = await open(query.replace('=3', '=6'));
    await tag('s1', 'd');
    await tag('s1', 'e');
    expect(keys(await later.events(1))).toEqual(['s1@6']);
    await later.leave();
  });

  it('says where it begins before any event, so that nothing is lost', async () => {
    const { open, server } = world();
    await server('s1');
    const client = await open();
    const { id, data } = (await client.frame())!;
    expect(data).toBeUndefined();
    await client.leave();
    await server('s2');
    const again = await open('', { 'last-event-id': id! });
    expect(keys(await again.events(1))).toEqual(['s2@1']);
    await again.leave();
  });

  it('is resumed without gap or duplicate, over several types, while events come in', async () => {
    const { open, server, capability, tag } = world();
    const expected: string[] = [];
    const write = async (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        await Promise.all([server(`s${n}`), capability(`c${n}`)]);
        await tag(`s${n}`, 'x');
        expected.push(`s${n}@1`, `c${n}@1`, `s${n}@2`);
      }
    };
    await write(0, 5);
    const seen: string[] = [];
    let id = '';
    for (let round = 0; seen.length < expected.length || round < 6; round++) {
      const client = await open('?from=start', id ? { 'last-event-id': id } : {});
      const next = 5 + round * 3;
      const writing = round < 6 ? write(next, next + 3) : Promise.resolve();
      const wanted = Math.min((round % 4) + 1, expected.length - seen.length);
      for (const one of await client.events(wanted)) {
        seen.push(one.key);
        id = one.id!;
      }
      await writing;
      await client.leave();
    }
    expect(seen).toHaveLength(expected.length);
    expect([...seen].sort()).toEqual([...expected].sort());
    const inOrder = (letter: string) =>
      seen.filter((key) => key.startsWith(letter) && key.endsWith('@1'));
    expect(inOrder('s')).toEqual(expected.filter((key) => /^s\d+@1$/.test(key)));
  });

  it('shows all of a type that the last event id does not know', async () => {
    const { open, server, capability } = world();
    await capability('c1');
    await server('s1');
    const client = await open('', { 'last-event-id': 'server:1,application:0' });
    expect(keys(await client.events(1))).toEqual(['c1@1']);
    await client.leave();
  });

  it('goes on behind an event that a copy showed before its leader counts it', async () => {
    let behind = 2;
    const store = memoryStore();
    const { open, server, tag } = world(
      {},
      {
        ...store,
        last: async (kind) => Math.max(0, (await store.last(kind)) - Math.max(0, behind--)),
      },
    );
    await server('s1');
    const { position } = await tag('s1', 'seen');
    behind = 2;
    const client = await open('?aggregate_type=Server', { 'last-event-id': position });
    await tag('s1', 'new');
    expect(keys(await client.events(1))).toEqual(['s1@3']);
    await client.leave();
  });

  it('refuses an id that no log comes to, by the name of where it stands', async () => {
    const { app } = world();
    const response = await app.request('/events/stream', {
      headers: { 'last-event-id': 'server:7' },
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: [{ field: 'Last-Event-ID', message: expect.stringMatching(/ahead of the log/) }],
    });
  });

  describe('across a loss that was accepted', () => {
    /** A log of which the servers behind the first one are lost, as far as anybody knows by then. */
    const lossy = async () => {
      let now = memoryStore();
      const names = Object.keys(now) as (keyof EventStore)[];
      const calls = names.map((name) => [
        name,
        (...given: never[]) => (now[name] as (...all: never[]) => unknown)(...given),
      ]);
      const given: GivenUp[] = [];
      const told = new Set<(slug: string) => void>();
      const { open, app, server, capability, runtime } = world(
        {},
        Object.fromEntries(calls),
        undefined,
        {
          givenUp: (slug) => (slug === 'server' ? given : []),
          onGivenUp: (one) => {
            told.add(one);
            return () => told.delete(one);
          },
        },
      );
      for (const id of ['kept', 'lost-1', 'lost-2']) await server(id);
      const accept = async () => {
        const kept = memoryStore();
        const kind = { name: 'Server', slug: 'server' };
        const events = await now.read(kind, 'kept', 1);
        await kept.append({ kind, aggregate_id: 'kept', expected: 0, events, claims: [] });
        now = kept;
        given.push({ epoch: 1, end: 1, kept: 1, lost_to: 9, journal: 0 });
        runtime.forget();
        for (const one of told) one('server');
      };
      const resume = (id: string) =>
        app.request('/events/stream?aggregate_type=Server', { headers: { 'last-event-id': id } });
      return { open, server, capability, accept, resume, told };
    };

    it('cuts who was shown what is lost, with the way out, and ends who was not', async () => {
      const { open, server, accept, resume, told } = await lossy();
      const [client, other] = [
        await open('?aggregate_type=Server&from=start'),
        await open('?aggregate_type=BusinessCapability'),
      ];
      const shown = await client.events(3);
      await accept();
      for (const id of ['new-1', 'new-2', 'new-3']) await server(id);
      const cut = await client.frame();
      expect(cut).toMatchObject({ event: 'cut' });
      const why = JSON.parse(cut!.data!);
      expect(why).toMatchObject({ code: 'EVENTS_GIVEN_UP', last_event_id: shown[2]!.id });
      expect(await client.frame()).toBeUndefined();
      const place = /Last-Event-ID (\S+),/.exec(why.message)?.[1];
      expect(place).toBe('server:1@1');
      const again = await follow(resume(place!));
      const anew = await again.events(3);
      expect(keys(anew)).toEqual(['new-1@1', 'new-2@1', 'new-3@1']);
      expect(anew[2]!.id).toMatch(/^server:\d+@1$/);
      await again.leave();
      await other.leave();
      expect(told.size).toBe(1); // the one that all streams of a node share
    });

    it('refuses to go on behind what was kept, before and after the log is as long again', async () => {
      const { open, server, accept, resume } = await lossy();
      const client = await open('?aggregate_type=Server&from=start');
      const ids = (await client.events(3)).map(({ id }) => id!);
      await accept();
      for (const count of [0, 4]) {
        for (let n = 0; n < count; n++) await server(`new-${n}`);
        const refused = await resume(ids[2]!);
        expect([refused.status, await refused.json()]).toMatchObject([
          410,
          { code: 'EVENTS_GIVEN_UP', details: { last_event_id: 'server:1@1' } },
        ]);
      }
      const again = await follow(resume('server:1')); // by nobody's epoch: it stands as it stood
      expect(keys(await again.events(4))).toEqual(
        ['new-0', 'new-1', 'new-2', 'new-3'].map((id) => `${id}@1`),
      );
      await again.leave();
    });
  });

  it('shows that it lives, and how far it looked', async () => {
    const { open, server } = world({ heartbeatMs: 5 });
    const client = await open('?aggregate_type=Server&event_type=TagsAdded');
    await client.frame();
    await server('s1');
    let beat = await client.frame();
    while (beat?.id !== 'server:1') beat = await client.frame();
    expect(beat.comment).toBe('still here');
    await client.leave();
  });

  it.each([
    ['aggregate_type=Ship', 400, 'UNKNOWN_AGGREGATE_TYPE'],
    ['aggregat_id=s1', 422, 'VALIDATION_ERROR'],
    ['aggregate_id=a.b', 400, 'MALFORMED_COMMAND'],
    ['event_type=Sunk', 422, 'VALIDATION_ERROR'],
    ['from=server', 422, 'VALIDATION_ERROR'],
    ['from=ship:1', 422, 'VALIDATION_ERROR'],
    ['from=server:7', 422, 'VALIDATION_ERROR'],
    ['from_version=2', 422, 'VALIDATION_ERROR'],
    ['from_version=x', 422, 'VALIDATION_ERROR'],
    ['aggregate_type=Server&aggregate_id=s1&from_version=1&from=start', 422, 'VALIDATION_ERROR'],
  ])('refuses ?%s', async (query, status, code) => {
    const { app } = world();
    const response = await app.request(`/events/stream?${query}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  it('is open to a bounded number of clients', async () => {
    const { open, app } = world({ streamsMax: 2 });
    const clients = [await open(), await open()];
    const refused = await app.request('/events/stream');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'BUSY' });
    await clients[0]!.leave();
    const next = await open();
    expect(next.response.status).toBe(200);
    await next.leave();
  });

  it('is open to so many clients of one who asks, and others find room', async () => {
    const { open, app } = world({ streamsMax: 5, streamsOfOneMax: 2 }, {}, access);
    const of = (key: string) => ({ 'x-api-key': key });
    const clients = [await open('', of('ada-1')), await open('', of('ada-2'))];
    // Whoever has two keys is one all the same.
    const refused = await app.request('/events/stream', { headers: of('ada-3') });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', details: { most: 2 } });
    const other = await open('', of('bob'));
    expect(other.response.status).toBe(200);
    await clients[0]!.leave();
    clients.push(await open('', of('ada-1')));
    expect(clients.at(-1)!.response.status).toBe(200);
    for (const client of [...clients, other]) await client.leave();
  });

  it('keeps no place for a request that was refused, or for HEAD', async () => {
    const { open, app } = world({ streamsMax: 1 });
    await app.request('/events/stream?from=x');
    expect((await app.request('/events/stream', { method: 'HEAD' })).status).toBe(200);
    const client = await open();
    expect(client.response.status).toBe(200);
    await client.leave();
  });

  it('cuts a client that takes nothing, and says why and where to go on', async () => {
    const {
      open,
      server,
      cut: cuts,
    } = world({ heartbeatMs: 5, stalledAfterMs: 40, streamsMax: 1 });
    const destroy = vi.fn();
    const client = await open('?aggregate_type=Server', {}, { outgoing: { destroy } });
    await client.frame();
    for (let n = 0; n < 40; n++) await server(`s${n}`);
    await vi.waitFor(async () => expect(await cuts()).toBe('1'), PATIENTLY);
    await vi.waitFor(() => expect(destroy).toHaveBeenCalledOnce(), PATIENTLY);
    const next = await open('?aggregate_type=Server');
    expect(next.response.status).toBe(200);
    await next.leave();
    // What it had been handed before, and then the reason with the place to go on from.
    const rest = [];
    for (let one = await client.frame(); one; one = await client.frame()) rest.push(one);
    const cut = rest.pop()!;
    expect(cut).toMatchObject({ event: 'cut' });
    expect(cut.id).toBeUndefined();
    const why = JSON.parse(cut.data!);
    expect(why).toMatchObject({ code: 'SLOW_CLIENT', last_event_id: rest.at(-1)!.id });
    const again = await open('', { 'last-event-id': why.last_event_id });
    const seen = rest.filter(({ data }) => data).map(({ data }) => JSON.parse(data!).aggregate_id);
    const missed = (await again.events(40 - seen.length)).map(({ key }) => key.split('@')[0]);
    expect([...seen, ...missed]).toEqual(Array.from({ length: 40 }, (_, n) => `s${n}`));
    await again.leave();
  });

  it('cuts a client on a real connection, and what it has not taken stays bounded', async () => {
    const filler = 'x'.repeat(50_000);
    const base = memoryStore();
    let read = 0;
    const { app, cut: cuts } = world(
      { stalledAfterMs: 300 },
      {
        ...base,
        last: async () => 1_000_000,
        async *scan(_kind, from, most = 0) {
          for (let sequence = from; sequence < from + most; sequence++) {
            read++;
            const record = { event_type: 'ServerCreated', aggregate_version: 1, data: { filler } };
            yield { sequence, event: { ...record, sequence } as unknown as StoredEvent };
          }
        },
      },
    );
    const served = await serveHttp({ app, host: '127.0.0.1', port: 0 });
    const socket = connect(served.port, '127.0.0.1');
    socket.write(
      'GET /events/stream?from=start&aggregate_type=Server HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    socket.pause(); // nothing is read
    await vi.waitFor(async () => expect(await cuts()).toBe('1'), PATIENTLY);
    expect(read).toBeLessThan(1_000); // as much as the connection itself holds, and one take
    let text = '';
    socket.setEncoding('utf8').on('data', (some) => {
      text += some;
    });
    socket.resume();
    await once(socket, 'close');
    const at = text.indexOf('event: cut\n');
    expect(at).toBeGreaterThan(0);
    expect(text.slice(at).match(/^data: /gm)).toHaveLength(1);
    const ids = [...text.slice(0, at).matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
    expect(text.slice(at)).toContain(`"last_event_id":"${ids.at(-1)}"`);
    expect(ids.length).toBe(new Set(ids).size);
    await served.close();
  });

  it('ends when the server stops', async () => {
    const { open } = world();
    const stop = new AbortController();
    const client = await open('', {}, { stopping: stop.signal });
    await client.frame();
    stop.abort();
    expect(await client.frame()).toBeUndefined();
  });

  it('goes on when the log could not be followed for a while', async () => {
    let failures = 2;
    const store = memoryStore();
    const { open, server } = world(
      {},
      {
        ...store,
        async *follow(...asked) {
          if (failures-- > 0) throw new Error('gone');
          yield* store.follow(...asked);
        },
      },
    );
    const client = await open('?aggregate_type=Server');
    await server('s1');
    expect(keys(await client.events(1))).toEqual(['s1@1']);
    expect(warnings).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ message: 'gone' }) }),
    );
    await client.leave();
  });

  it('is followed once for all clients', async () => {
    let followed = 0;
    const store = memoryStore();
    const { open, server } = world(
      {},
      {
        ...store,
        follow: (...asked) => {
          followed++;
          return store.follow(...asked);
        },
      },
    );
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => open('?aggregate_type=Server')),
    );
    await server('s1');
    for (const client of clients) expect(keys(await client.events(1))).toEqual(['s1@1']);
    expect(followed).toBe(1);
    for (const client of clients) await client.leave();
  });

  it('shows only what a person did, by what command chain, or what raises an alert', async () => {
    const { open, server, tag } = world();
    await server('s1');
    await tag('s1', 'a');
    await server('s2');
    const seen = async (query: string, count: number) => {
      const client = await open(`?from=start&aggregate_type=Server&${query}`);
      const found = keys(await client.events(count));
      await client.leave();
      return found;
    };
    expect(await seen('critical=true', 2)).toEqual(['s1@1', 's2@1']);
    expect(await seen('critical=true&aggregate_id=s2', 1)).toEqual(['s2@1']);
    expect(await seen('actor=user-123&source=api&event_type=TagsAdded', 1)).toEqual(['s1@2']);
    const nobody = await open('?from=start&actor=nobody');
    await tag('s1', 'b');
    expect((await nobody.frame())!.data).toBeUndefined();
    await nobody.leave();
  });

  it('reads the history for few streams of one person at a time', async () => {
    let underWay = 0;
    const change: Partial<EventStore> = {
      last: async () => 5_000, // further than what is kept at hand
      async *scan() {
        underWay++;
        await new Promise(() => {});
      },
    };
    const { open } = world({}, change, access);
    const follows = (key: string) =>
      open('?from=start&aggregate_type=Server', { 'x-api-key': key }).then((client) => {
        void client.events(1).catch(() => {});
        return client;
      });
    const ofOne = await Promise.all(Array.from({ length: 12 }, (_, n) => follows(`ada-${n}`)));
    await vi.waitFor(() => expect(underWay).toBe(4), PATIENTLY);
    const ofAnother = await follows('bob');
    await vi.waitFor(() => expect(underWay).toBe(5), PATIENTLY);
    for (const { leave } of [...ofOne, ofAnother]) await leave();
  });
});
