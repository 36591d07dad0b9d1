import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { defineBoundary } from '../../core/boundary.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { seal } from '../../core/event.js';
import { command, event } from '../../core/message.js';
import { Fault } from '../../core/refusal.js';
import { registry } from '../../core/registry.js';
import type { LogEntry } from '../store/event-log.js';
import type { EventStore } from '../store/event-store.js';
import { memoryStore } from '../store/memory-store.js';
import { BOUNDARY_SCOPE, Boundaries } from './boundaries.js';

const NodePut = z.object({ parent: z.string().nullable() });
const tree = defineBoundary<{ parent: string | null }>()({
  of: 'Node',
  events: { NodePut, NodeCut: z.object({}) },
  on: {
    NodePut: (_, { aggregate_id, data }) => [[aggregate_id, data]],
    NodeCut: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});
const define = (name: string, boundaries: Aggregate['boundaries']): Aggregate =>
  defineAggregate({
    name,
    summary: name,
    events: {
      NodePut: event(NodePut, { version: 2, upcast: { 1: ({ up }) => ({ parent: up }) } }),
      NodeCut: z.object({}),
      NodeNoted: z.object({}),
    },
    commands: {
      PutNode: command({
        data: z.object({}),
        emits: ['NodePut', 'NodeCut', 'NodeNoted'],
        roles: ['r'],
      }),
    },
    data: z.object({}),
    chart: {
      initial: 'absent',
      states: {
        absent: { on: { NodePut: 'put' } },
        put: { on: { NodeNoted: {}, NodeCut: 'cut' } },
        cut: {},
      },
    },
    boundaries: boundaries as Record<string, never>,
    evolve: { NodePut: null },
    decide: { PutNode: () => [] },
  });
const Node = define('Node', { tree });
const Watcher = define('Watcher', { nodes: tree });
const all = registry([Node, Watcher]);

const opened = () => {
  const store = memoryStore();
  const scanned: number[] = [];
  const counting: EventStore = {
    ...store,
    scan(kind, from) {
      scanned.push(from);
      return store.scan(kind, from);
    },
  };
  const put = (
    id: string,
    type: string,
    data: object,
    { claims = 0, version = 2, others = [] as readonly (readonly [string, string])[] } = {},
  ) =>
    store.append({
      kind: Node,
      aggregate_id: id,
      expected: 0,
      events: [
        seal({
          event_id: `e-${id}`,
          event_type: type,
          event_version: type === 'NodePut' ? version : 1,
          aggregate_type: 'Node',
          aggregate_id: id,
          aggregate_version: 1,
          event_timestamp: 't',
          actor: 'a',
          actor_type: 'user',
          source: 'api',
          causation_id: 'c',
          command_hash: 'h',
          correlation_id: null,
          business_justification: null,
          approval_id: null,
          effective_at: null,
          traceparent: null,
          data: data as Record<string, unknown>,
          previous_hash: null,
        }),
      ],
      claims: [
        ...Array.from({ length: claims }, () => [BOUNDARY_SCOPE, 'tree'] as const),
        ...others,
      ].map(([scope, key]) => ({ scope, key, label: key, holder: id, expected: 0 })),
    });
  const boundaries = new Boundaries(counting, all);
  const seen = (definition = Node, name = 'tree') =>
    boundaries.within(definition, [name], async (catchUp) => {
      const { entries, touches } = await catchUp();
      return { entries: Object.fromEntries(entries[name]!), touches: touches('me') };
    });
  return { store, counting, boundaries, put, seen, scanned };
};

describe('a boundary', () => {
  it('is folded from every event of the type it knows, old ones upcast first', async () => {
    const { put, seen } = opened();
    expect((await seen()).entries).toEqual({});
    await put('a', 'NodePut', { parent: null });
    await put('b', 'NodePut', { up: 'a' }, { version: 1 });
    await put('c', 'NodeNoted', {});
    expect((await seen()).entries).toEqual({ a: { parent: null }, b: { parent: 'a' } });
  });

  it('is read once for many who ask at the same time, and again for who asks later', async () => {
    const { put, seen, scanned } = opened();
    await put('a', 'NodePut', { parent: null });
    const many = await Promise.all(Array.from({ length: 50 }, () => seen(Watcher, 'nodes')));
    for (const { entries } of many) expect(entries).toEqual({ a: { parent: null } });
    expect(scanned).toEqual([1]);
    await put('b', 'NodePut', { parent: 'a' });
    expect(Object.keys((await seen(Watcher, 'nodes')).entries)).toEqual(['a', 'b']);
    expect(scanned).toEqual([1, 2]);
  });

  it('follows: it reads only what was written since, and forgets what was removed', async () => {
    const { put, seen, scanned } = opened();
    await put('a', 'NodePut', { parent: null });
    await put('b', 'NodePut', { parent: 'a' });
    await seen();
    await put('x', 'NodeCut', {});
    await put('c', 'NodePut', { parent: 'a' });
    expect(Object.keys((await seen()).entries)).toEqual(['a', 'b', 'c']);
    expect(scanned).toEqual([1, 3]);
  });

  it('over the own type is fenced by the last touch of it that was seen', async () => {
    const { put, seen } = opened();
    expect((await seen()).touches).toEqual([
      { scope: 'boundary', key: 'tree', label: 'tree', holder: 'me', expected: 0 },
    ]);
    await put('a', 'NodePut', { parent: null }, { claims: 1 });
    await put('b', 'NodePut', { parent: null });
    expect((await seen()).touches).toMatchObject([{ expected: 2 }]);
    // Names like it, and touches of other boundaries, are none of its touches.
    await put('c', 'NodePut', { parent: null }, { others: [['name', 'tree']] });
    await put('d', 'NodePut', { parent: null }, { others: [[BOUNDARY_SCOPE, 'other']] });
    expect((await seen()).touches).toMatchObject([{ expected: 2 }]);
  });

  it('is left as it is by what is no event, and by what it does not know', async () => {
    const { store, put } = opened();
    await put('a', 'NodePut', { parent: null });
    const strange: EventStore = {
      ...store,
      async *scan(kind, from) {
        yield* store.scan(kind, from);
        yield { sequence: 2, unreadable: 'evt.node.b' };
      },
    };
    const boundaries = new Boundaries(strange, all);
    const { entries } = await boundaries.within(Node, ['tree'], (catchUp) => catchUp());
    expect([...entries.tree!.keys()]).toEqual(['a']);
  });

  it.each([
    ['an event that it needs', { event_type: 'NodePut' }, false],
    ['an event of which nothing is known', {}, false],
    ['an event that it needs, and was given up', { event_type: 'NodePut', isGivenUp: true }, true],
    ['an event that it does not know', { event_type: 'NodeNoted' }, true],
  ])('is folded past %s and is gone: only where that is safe', async (_, about, isSafe) => {
    const { store, put } = opened();
    await put('a', 'NodePut', { parent: null });
    const holed: EventStore = {
      ...store,
      async *scan(kind, from) {
        yield* store.scan(kind, from);
        const lost = { aggregate_id: 'b', event_type: null, isGivenUp: false, ...about };
        yield { sequence: 2, lost: { sequence: 2, ...lost } };
      },
    };
    const boundaries = new Boundaries(holed, all);
    const folded = boundaries.within(Node, ['tree'], (catchUp) => catchUp());
    if (isSafe) expect([...(await folded).entries.tree!.keys()]).toEqual(['a']);
    else
      await expect(folded).rejects.toMatchObject({
        code: 'HISTORY_BROKEN',
        message: expect.stringContaining('EVT_NODE lost message 2'),
      });
  });

  it('lets decisions over several in, in whatever order they name them', async () => {
    const Both = define('Both', { left: { ...tree, of: 'Both' }, right: { ...tree, of: 'Both' } });
    const boundaries = new Boundaries(memoryStore(), registry([Both]));
    const decide = (names: readonly string[]) =>
      boundaries.within(Both, names, async (catchUp) => {
        await catchUp();
        return names.join();
      });
    const both = [decide(['left', 'right']), decide(['right', 'left'])];
    expect(await Promise.all(both)).toEqual(['left,right', 'right,left']);
  });

  it('goes on for the others after a fault that is of one decision only', async () => {
    const { boundaries } = opened();
    const failing = boundaries.within(Node, ['tree'], async () => {
      await new Promise((wake) => setTimeout(wake, 5));
      throw new Fault('HANDLER_THREW', 'broken');
    });
    const next = boundaries.within(Node, ['tree'], async () => 'decided');
    await expect(failing).rejects.toMatchObject({ code: 'HANDLER_THREW' });
    expect(await next).toBe('decided');
  });

  it('tells all who wait of a store that is away, with its reason', async () => {
    const { boundaries } = opened();
    const away = new Fault('OUTCOME_UNKNOWN', 'who knows');
    const failing = boundaries.within(Node, ['tree'], async () => {
      await new Promise((wake) => setTimeout(wake, 5));
      throw away;
    });
    const next = boundaries.within(Node, ['tree'], async () => 'decided');
    await expect(failing).rejects.toBe(away);
    await expect(next).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: away });
  });

  it('over another type is read, not fenced', async () => {
    const { put, seen } = opened();
    await put('a', 'NodePut', { parent: null }, { claims: 1 });
    expect(await seen(Watcher, 'nodes')).toEqual({ entries: { a: { parent: null } }, touches: [] });
  });

  it('over the own type lets one decision in at a time, in order, also after one that threw', async () => {
    const { boundaries } = opened();
    const order: string[] = [];
    const decision = (name: string, fails = false) =>
      boundaries.within(Node, ['tree'], async (catchUp) => {
        order.push(`${name} in`);
        await catchUp();
        await new Promise((wake) => setTimeout(wake, 2));
        order.push(`${name} out`);
        if (fails) throw new Error(name);
        return name;
      });
    const all = await Promise.allSettled([decision('a'), decision('b', true), decision('c')]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('over another type keeps nobody waiting, and counts nothing twice', async () => {
    const { boundaries, put } = opened();
    await put('a', 'NodePut', { parent: null });
    let inside = 0;
    let most = 0;
    const decisions = Array.from({ length: 5 }, () =>
      boundaries.within(Watcher, ['nodes'], async (catchUp) => {
        most = Math.max(most, ++inside);
        const { entries } = await catchUp();
        await new Promise((wake) => setTimeout(wake, 1));
        inside--;
        return [...entries.nodes!.keys()];
      }),
    );
    expect(await Promise.all(decisions)).toEqual(Array(5).fill(['a']));
    expect(most).toBe(5);
  });

  it('that cannot be folded is a fault, and is begun again', async () => {
    const { put, seen, scanned } = opened();
    await put('a', 'NodePut', { parent: null });
    await put('b', 'NodePut', { parent: 7 });
    await expect(seen()).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
    await expect(seen()).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
    expect(scanned).toEqual([1, 1]);
  });

  it('says which it is when its own fold throws', async () => {
    const fold = () => {
      throw new Error('broken');
    };
    const Broken = define('Broken', { nodes: { ...tree, of: 'Node', fold } });
    const { store, put } = opened();
    await put('a', 'NodePut', { parent: null });
    const boundaries = new Boundaries(store, registry([Node, Broken]));
    await expect(
      boundaries.within(Broken, ['nodes'], (catchUp) => catchUp()),
    ).rejects.toMatchObject({
      code: 'BOUNDARY_UNREADABLE',
      message: 'Broken: the boundary "nodes" could not be folded',
      cause: expect.objectContaining({ message: 'broken' }),
    });
  });

  it('takes a message once, also from a log that shows it again', async () => {
    const { store, put } = opened();
    let calls = 0;
    const fold = (): [] => {
      calls++;
      return [];
    };
    const counted = { ...tree, fold };
    const Counting = define('Counting', { nodes: counted });
    const twice = {
      ...store,
      async *scan(): AsyncGenerator<LogEntry> {
        yield* store.scan(Node, 1);
        yield* store.scan(Node, 1);
      },
    };
    await put('a', 'NodePut', { parent: null });
    const boundaries = new Boundaries(twice, registry([Node, Counting]));
    await boundaries.within(Counting, ['nodes'], (catchUp) => catchUp());
    expect(calls).toBe(1);
  });
});
