import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { actors } from '../../actors/index.js';
import { type ReadSide, startReadSide } from '../../test/support/read-side.js';
import { createClient, SteleProblem } from './index.js';

const books = { name: 'Books', owner: 'team-1', data_classification: 'internal' } as const;
const justification = 'the board said so';

let side: ReadSide;
beforeAll(async () => {
  side = await startReadSide();
});
afterAll(() => side.close());

type Fetch = (url: string, init: RequestInit) => Promise<Response>;
const toNode: Fetch = async (url, init) => side.app.request(url, init);
const clientOf = (fetch: Fetch = toNode, retries = 2) =>
  createClient<typeof actors>({ url: 'http://node', actor: 'ada', fetch, retries });

const first = async <T>(events: AsyncGenerator<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  for await (const one of events) if (taken.push(one) === count) break;
  return taken;
};

describe('a client', () => {
  it('sends commands and reads what it wrote', async () => {
    const stele = clientOf();
    const begun = await stele.application.send('CreateApplication', { ...books, name: 'A' });
    const one = stele.application(begun.aggregate_id);
    const renamed = await one.send('RenameApplication', { name: 'B' }, { expected_version: 1 });
    expect(renamed).toMatchObject({ aggregate_version: 2, replayed: false });
    expect(await one.get()).toMatchObject({ id: begun.aggregate_id, name: 'B', version: 2 });
    expect(await one.at(1)).toMatchObject({ name: 'A', version: 1 });
    expect(await one.at({ as_of: renamed.position! })).toMatchObject({ name: 'B' });
  });

  it('asks for what it wrote wherever it reads, and not in the past', async () => {
    const asked: string[] = [];
    const stele = clientOf((url, init) => {
      asked.push(url);
      return toNode(url, init);
    });
    const { aggregate_id, position } = await stele.server.send('CreateServer', {
      hostname: 'reads.example.org',
      environment: 'prod',
      criticality: 'low',
    });
    await stele.server(aggregate_id).get();
    await stele.application.page();
    await stele.server(aggregate_id).at(1);
    const wanted = asked.map((url) => new URL(url).searchParams.get('min_position'));
    expect(wanted.filter((one) => one !== null)).toEqual([position, position]);
  });

  it('goes on when the log is another one than it wrote to', async () => {
    const stele = clientOf(async (url, init) => {
      const answer = await toNode(url, init);
      if (init.method !== 'POST') return answer;
      const body = (await answer.json()) as object;
      return Response.json({ ...body, position: 'server:999999' });
    });
    const { aggregate_id } = await stele.server.send('CreateServer', {
      hostname: 'restored.example.org',
      environment: 'prod',
      criticality: 'low',
    });
    expect(await stele.server(aggregate_id).get()).toMatchObject({ id: aggregate_id });
  });

  it('writes resources as wholes', async () => {
    const stele = clientOf();
    const made = await stele.application.create({ ...books, name: 'Whole', tags: ['x'] });
    expect(made.commands.map(({ command_type }) => command_type)).toContain('CreateApplication');
    const one = stele.application(made.aggregate_id);
    const changed = await one.patch({ description: 'All', tags: ['y'] });
    expect(changed.commands.map(({ command_type }) => command_type).sort()).toEqual(
      ['AddTags', 'RemoveTags', 'UpdateDescription'].sort(),
    );
    expect((await one.patch({ description: 'All' })).unchanged).toEqual(['description']);
    expect(await one.get()).toMatchObject({ description: 'All', tags: ['y'] });
  });

  it('walks through a list, filtered', async () => {
    const stele = clientOf();
    for (let n = 0; n < 5; n++)
      await stele.application.create({ ...books, name: `Walk ${n}`, owner: 'walkers' });
    const names: unknown[] = [];
    for await (const { name } of stele.application.list({
      owner: ['walkers', null],
      sort: 'name',
      limit: 2,
    }))
      names.push(name);
    expect(names).toEqual([0, 1, 2, 3, 4].map((n) => `Walk ${n}`));
  });

  it('tells history and what is possible', async () => {
    const stele = clientOf();
    const { aggregate_id } = await stele.application.create({ ...books, name: 'Told' });
    const one = stele.application(aggregate_id);
    await one.send(
      'SetDataClassification',
      { classification: 'restricted', reason: 'names' },
      {
        justification,
      },
    );
    const changes = [];
    for await (const { event_type } of one.history()) changes.push(event_type);
    expect(changes).toEqual(['DataClassificationChanged', 'ApplicationCreated']);
    const { possible, status } = await one.possible();
    expect(status).toBe('planned');
    expect(possible.map(({ command_type }) => command_type)).toContain('RenameApplication');
  });

  it('says what is wrong', async () => {
    const stele = clientOf();
    const lost = stele.application('nobody').get();
    await expect(lost).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(lost).rejects.toBeInstanceOf(SteleProblem);
    await expect(stele.application.create({ name: '' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: expect.arrayContaining([]),
    });
    await expect(
      clientOf(async () => new Response('proxy', { status: 418 }))
        .server('x')
        .get(),
    ).rejects.toMatchObject({ code: 'UNEXPECTED', status: 418 });
  });
});

describe('when the way to the node is bad', () => {
  /** Fails some requests before, and some after, they reached the node. */
  const failing = (...plan: readonly ('before' | 'after' | 503 | undefined)[]): Fetch => {
    let at = 0;
    return async (url, init) => {
      const now = new URL(url).pathname === '/' ? undefined : plan[at++];
      if (now === 'before') throw new TypeError('fetch failed');
      if (now === 503)
        return Response.json({ code: 'OUTCOME_UNKNOWN', message: '?' }, { status: 503 });
      const answer = await toNode(url, init);
      if (now === 'after') throw new TypeError('socket hang up');
      return answer;
    };
  };

  it('a command is done once', async () => {
    const stele = clientOf(failing('after', 503));
    const told = await stele.application.send('CreateApplication', { ...books, name: 'Once' });
    expect(told.replayed).toBe(true);
    expect(told.aggregate_version).toBe(1);
  });

  it('a resource is made once', async () => {
    const stele = clientOf(failing('before', 'after'));
    const told = await stele.application.create({ ...books, name: 'Made once' });
    expect(told).toMatchObject({ replayed: true, aggregate_version: 1 });
  });

  it('it gives up at last, with the reason', async () => {
    const stele = clientOf(failing(503, 503, 503));
    await expect(stele.server('x').get()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const dead = clientOf(failing('before', 'before', 'before'));
    await expect(dead.server('x').get()).rejects.toThrow('fetch failed');
  });

  it('a refusal is not asked for twice', async () => {
    let asked = 0;
    const stele = clientOf((url, init) => {
      if (new URL(url).pathname !== '/') asked++;
      return toNode(url, init);
    });
    await expect(stele.server('x').get()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(asked).toBe(1);
  });

  it('it stops when it is told to', async () => {
    const stop = new AbortController();
    const stele = clientOf(failing(503, 503, 503));
    const sent = stele.application.send(
      'CreateApplication',
      { ...books, name: 'Never' },
      {
        signal: stop.signal,
      },
    );
    stop.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });
});

describe('events', () => {
  it('are followed by type, and of one aggregate from its start', async () => {
    const stele = clientOf();
    const { aggregate_id } = await stele.application.create({ ...books, name: 'Followed' });
    const one = stele.application(aggregate_id);
    await one.patch({ description: 'followed' });
    const [made, described] = await first(one.events({ from: 'start' }), 2);
    expect(made).toMatchObject({ event_type: 'ApplicationCreated', aggregate_id });
    expect(described).toMatchObject({ event_type: 'DescriptionUpdated' });
  });

  it('go on without gap or duplicate when the connection breaks', async () => {
    const plain = clientOf();
    const { aggregate_id } = await plain.application.create({ ...books, name: 'Broken' });
    for (let n = 0; n < 6; n++)
      await plain.application(aggregate_id).patch({ description: `${n}` });
    let connections = 0;
    const stele = clientOf(async (url, init) => {
      const answer = await toNode(url, init);
      if (!url.includes('/events/stream')) return answer;
      connections++;
      if (connections > 4) return answer;
      // One event arrives whole, the next one breaks off in its middle.
      const decoder = new TextDecoder();
      let seen = '';
      const broken = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, to) => {
          seen += decoder.decode(chunk);
          const second = seen.indexOf('data: ', seen.indexOf('data: ') + 1);
          if (second === -1) return;
          to.enqueue(new TextEncoder().encode(seen.slice(0, second + 20)));
          to.terminate();
        },
      });
      return new Response(answer.body!.pipeThrough(broken));
    }, 20);
    const taken = await first(stele.application(aggregate_id).events({ from: 'start' }), 7);
    expect(taken.map(({ aggregate_version }) => aggregate_version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(connections).toBe(5);
  });

  it('end with the reason when they may not be read', async () => {
    const stele = clientOf();
    await expect(first(stele.events({ from: 'nonsense' }), 1)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });

  it('end when they are told to', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await first(clientOf().events({ signal: stop.signal }), 1)).toEqual([]);
  });
});
