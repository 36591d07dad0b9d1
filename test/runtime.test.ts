import { connect, type MsgHdrs } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, chainBreak } from '../src/core/event.js';
import { isRefusal } from '../src/core/refusal.js';
import type { Accepted } from '../src/write/runtime/outcome.js';
import { eventHeaders, headerBlock } from '../src/write/store/nats/headers.js';
import {
  approved,
  createApplication,
  createCapability,
  envelope,
  uuid,
} from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { PATIENCE_MS } from './support/patience.js';

/** Rounds of each race for a place in a hierarchy; `npm run test:long` asks for 1,000. */
const RACES = Number(process.env.STELE_TEST_RACES ?? 60);
const LONG_MS = 2 * PATIENCE_MS + RACES * 600;

describe('the runtime on a real server', () => {
  let server: TestServer;
  let a: TestNode;
  let b: TestNode;

  const startNode = (limits = {}) => startTestNode(server.url, { limits });
  const code = (result: unknown): string => {
    const { refused } = result as { refused?: string };
    return refused ?? ((result as Accepted).replayed ? 'replayed' : 'accepted');
  };
  const tell = async (node: TestNode, input: object) => node.runtime.dispatch(input, 'test');
  const ok = async (node: TestNode, input: object): Promise<Accepted> => {
    const result = await tell(node, input);
    if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
    return result;
  };
  const definition = (name: string) => a.runtime.registry.aggregate(name)!;
  const historyOf = (type: string, id: string) => a.store.read(definition(type), id, 1);
  const count = (codes: readonly string[]): Record<string, number> => {
    const sum: Record<string, number> = {};
    for (const one of codes) sum[one] = (sum[one] ?? 0) + 1;
    return sum;
  };

  beforeAll(async () => {
    server = await startTestServer();
    a = await startNode();
    b = await startNode();
  });
  afterAll(async () => {
    await a.close();
    await b.close();
    await server.stop();
  });

  describe('one command id', () => {
    it('is accepted once, for ever: at once, after passivation, after a restart, after 1,000 events', async () => {
      const id = uuid();
      const command = createApplication(id);
      const results = await Promise.all([
        ...Array.from({ length: 50 }, () => ok(a, command)),
        ...Array.from({ length: 50 }, () => ok(b, command)),
      ]);
      // Two nodes that decide it in the same millisecond write the same bytes: both may call it theirs.
      for (const half of [results.slice(0, 50), results.slice(50)])
        expect(half.filter(({ replayed }) => !replayed).length).toBeLessThanOrEqual(1);
      const answers = new Set(results.map(({ replayed: _, ...rest }) => JSON.stringify(rest)));
      expect(answers.size).toBe(1);
      const again = async (node: TestNode) => {
        const { replayed, ...rest } = await ok(node, command);
        expect(replayed).toBe(true);
        expect(JSON.stringify(rest)).toBe([...answers][0]);
      };
      a.runtime.passivate();
      await again(a);
      await Promise.all(
        Array.from({ length: 1_000 }, (_, n) =>
          ok(a, envelope('Application', id, 'SetOwner', { owner: `team ${n}` })),
        ),
      );
      await again(a);
      a.runtime.passivate();
      await again(a);
      const restarted = await startNode();
      await again(restarted);
      expect(restarted.runtime.stats().loadsFromSnapshot).toBe(1);
      await restarted.close();
      const history = await historyOf('Application', id);
      expect(history).toHaveLength(1_001);
      let head = CHAIN_START;
      for (const event of history) {
        expect(chainBreak(head, event)).toBeUndefined();
        head = { version: event.aggregate_version, hash: event.hash };
      }
    });

    it('is refused with other data, and for another aggregate', async () => {
      const id = uuid();
      const command = createApplication(id);
      await ok(a, command);
      const other = { ...command, data: { ...command.data, owner: 'somebody else' } };
      expect(code(await tell(a, other))).toBe('COMMAND_ID_REUSED');
      expect(code(await tell(b, other))).toBe('COMMAND_ID_REUSED');
      const elsewhere = { ...createApplication(uuid()), command_id: command.command_id };
      expect(code(await tell(a, elsewhere))).toBe('COMMAND_ID_REUSED');
      expect(await historyOf('Application', id)).toHaveLength(1);
    });

    it('names the aggregate when the command does not, the same one when it is repeated', async () => {
      const { aggregate_id: _, ...command } = createApplication(uuid());
      const one = await ok(a, command);
      const two = await ok(b, command);
      expect(two).toEqual({ ...one, replayed: true });
      expect(one.aggregate_id).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  describe('rivals', () => {
    it('lets one of 50 writers that expect the same version win; 49 learn both versions', async () => {
      const id = uuid();
      await ok(a, createApplication(id));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          tell(n % 2 ? a : b, {
            ...envelope('Application', id, 'SetOwner', { owner: `team ${n}` }),
            expected_version: 1,
          }),
        ),
      );
      expect(count(results.map(code))).toEqual({ accepted: 1, CONCURRENCY_CONFLICT: 49 });
      for (const result of results)
        if (isRefusal(result))
          expect(result.details).toEqual({ expected_version: 1, actual_version: 2 });
      expect(await historyOf('Application', id)).toHaveLength(2);
    });

    it('lets one of 100 creations under one name win', async () => {
      const name = `Payroll ${uuid()}`;
      const ids = Array.from({ length: 100 }, uuid);
      const results = await Promise.all(
        ids.map((id, n) =>
          tell(n % 2 ? a : b, createApplication(id, { name: n % 3 ? name : name.toUpperCase() })),
        ),
      );
      expect(count(results.map(code))).toEqual({ accepted: 1, NAME_TAKEN: 99 });
      const written = await Promise.all(ids.map((id) => historyOf('Application', id)));
      expect(written.flat()).toHaveLength(1);
    });

    it('gives a name free on rename and on deletion', async () => {
      const [one, two, name] = [uuid(), uuid(), `Ledger ${uuid()}`];
      await ok(a, createApplication(one, { name }));
      expect(code(await tell(b, createApplication(two, { name })))).toBe('NAME_TAKEN');
      await ok(a, envelope('Application', one, 'RenameApplication', { name: `${name} old` }));
      await ok(b, createApplication(two, { name }));
      expect(code(await tell(a, envelope('Application', one, 'RenameApplication', { name })))).toBe(
        'NAME_TAKEN',
      );
      const papers = { metadata: { business_justification: 'gone', approval_id: 'CAB-1' } };
      for (const one of approved('CAB-1', 'Application/DeleteApplication')) await ok(a, one);
      await ok(b, {
        ...envelope('Application', two, 'DeleteApplication', { reason: 'gone' }),
        ...papers,
      });
      await ok(a, envelope('Application', one, 'RenameApplication', { name }));
    });

    it('writes every command of a hot aggregate sent through both nodes, without gaps', async () => {
      const id = uuid();
      await ok(a, createApplication(id));
      const results = await Promise.all(
        Array.from({ length: 400 }, (_, n) =>
          ok(n % 2 ? a : b, envelope('Application', id, 'SetOwner', { owner: `team ${n}` })),
        ),
      );
      expect(new Set(results.map(({ aggregate_version }) => aggregate_version)).size).toBe(400);
      const history = await historyOf('Application', id);
      expect(history.map(({ aggregate_version }) => aggregate_version)).toEqual(
        Array.from({ length: 401 }, (_, i) => i + 1),
      );
      const times = history.map(({ event_timestamp }) => event_timestamp);
      expect(times).toEqual([...times].sort());
    });
  });

  describe('hierarchies', () => {
    const parentOf = async (id: string): Promise<string | null> =>
      (await a.runtime.state(definition('BusinessCapability'), id)).data.parent_id as string | null;
    const hasCycle = async (ids: readonly string[]): Promise<boolean> => {
      const parents = new Map(
        await Promise.all(ids.map(async (id) => [id, await parentOf(id)] as const)),
      );
      return ids.some((start) => {
        let at = parents.get(start) ?? null;
        for (let hops = 0; at !== null && hops <= ids.length; hops++) {
          if (at === start) return true;
          at = parents.get(at) ?? null;
        }
        return false;
      });
    };
    const race = async (size: number, rounds: number): Promise<Record<string, number>> => {
      const seen: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const ids = Array.from({ length: size }, uuid);
        await Promise.all(ids.map((id) => ok(a, createCapability(id))));
        const results = await Promise.all(
          ids.map((id, n) =>
            tell(
              n % 2 ? a : b,
              envelope('BusinessCapability', id, 'AddParentToCapability', {
                parent_id: ids[(n + 1) % size]!,
              }),
            ),
          ),
        );
        seen.push(results.map(code).sort().join(' '));
        if (round % 10 === 0) expect(await hasCycle(ids)).toBe(false);
      }
      return count(seen);
    };

    it(
      'survive races of A→B against B→A: never a cycle, and someone always wins',
      async () => {
        expect(await race(2, RACES)).toEqual({ 'CIRCULAR_REFERENCE accepted': RACES });
      },
      LONG_MS,
    );
    it(
      'survive races of three',
      async () => {
        const rounds = Math.ceil(RACES / 3);
        expect(await race(3, rounds)).toEqual({ 'CIRCULAR_REFERENCE accepted accepted': rounds });
      },
      LONG_MS,
    );

    it('never lose a parent to a child that is being created', async () => {
      for (let round = 0; round < 20; round++) {
        const [parent, child] = [uuid(), uuid()];
        await ok(a, createCapability(parent));
        const papers = { metadata: { business_justification: 'tidy', approval_id: 'CAB-2' } };
        const [deleted, created] = await Promise.all([
          tell(a, {
            ...envelope('BusinessCapability', parent, 'DeleteCapability', { reason: 'tidy' }),
            ...papers,
          }),
          tell(b, createCapability(child, { parent_id: parent })),
        ]);
        expect([code(deleted), code(created)].sort()).toEqual(
          isRefusal(deleted) ? ['HAS_DEPENDENTS', 'accepted'] : ['REFERENCE_NOT_FOUND', 'accepted'],
        );
      }
    });
  });

  describe('actors', () => {
    it('decide anew on what another node wrote, also before they refuse', async () => {
      const id = uuid();
      await ok(a, createApplication(id));
      const to = (target_lifecycle: string) =>
        envelope('Application', id, 'TransitionLifecycle', { target_lifecycle });
      expect(code(await tell(b, to('deprecated')))).toBe('INVALID_LIFECYCLE_TRANSITION');
      await ok(a, to('active'));
      await ok(b, to('deprecated')); // b still believed it was planned
      await ok(a, to('retired'));
    });

    it('leave memory when there are too many, and come back as they were', async () => {
      const node = await startNode({ residentsMax: 10 });
      const ids = Array.from({ length: 40 }, uuid);
      for (const id of ids) await ok(node, createApplication(id));
      expect(node.runtime.stats().residents).toBeLessThanOrEqual(10);
      for (const id of ids)
        await ok(node, envelope('Application', id, 'SetOwner', { owner: 'night shift' }));
      await node.close();
    });

    it('refuse when their inbox is full, and lose nothing that was taken', async () => {
      const node = await startNode({ inboxMax: 20 });
      const id = uuid();
      await ok(node, createApplication(id));
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          tell(node, envelope('Application', id, 'SetOwner', { owner: `t${n}` })),
        ),
      );
      const codes = count(results.map(code));
      expect(codes.BUSY).toBeGreaterThan(0);
      expect(await historyOf('Application', id)).toHaveLength(1 + codes.accepted!);
      await node.close();
    });

    it('take no command while draining, and finish those under way', async () => {
      const node = await startNode();
      const id = uuid();
      const under = Array.from({ length: 30 }, (_, n) =>
        n === 0
          ? ok(node, createApplication(id))
          : ok(node, envelope('Application', id, 'SetOwner', { owner: `t${n}` })),
      );
      const drained = node.runtime.drain();
      expect(code(await tell(node, createApplication(uuid())))).toBe('SHUTTING_DOWN');
      await drained;
      expect(await Promise.all(under)).toHaveLength(30);
      await node.close();
    });

    it('show what a dry run would do, names and parents included, and write nothing', async () => {
      const [id, name] = [uuid(), `Dry ${uuid()}`];
      const dry = { ...createApplication(id, { name }), dry_run: true };
      const answer = await ok(a, dry);
      expect(answer).toMatchObject({ dry_run: true, position: null, aggregate_version: 1 });
      expect(answer.events).toHaveLength(1);
      expect(await historyOf('Application', id)).toEqual([]);
      await ok(a, createApplication(uuid(), { name }));
      expect(code(await tell(a, { ...dry, command_id: uuid() }))).toBe('NAME_TAKEN');
    });
  });

  describe('snapshots', () => {
    const grown = async (events: number): Promise<string> => {
      const id = uuid();
      await ok(a, createApplication(id));
      await Promise.all(
        Array.from({ length: events - 1 }, (_, n) =>
          ok(a, envelope('Application', id, 'SetOwner', { owner: `team ${n}` })),
        ),
      );
      await expect.poll(() => a.store.snapshot(definition('Application'), id)).toBeDefined();
      return id;
    };
    const loaded = async (id: string) => {
      const node = await startNode();
      const state = await node.runtime.state(definition('Application'), id);
      const { loadsFromSnapshot } = node.runtime.stats();
      await node.close();
      return { state, loadsFromSnapshot };
    };

    it('are made every 100 events and lead to the same state as the events', async () => {
      const id = await grown(150);
      const { state, loadsFromSnapshot } = await loaded(id);
      expect(loadsFromSnapshot).toBe(1);
      expect(state.version).toBe(150);
      const { state: fromEvents } = await import('../src/write/runtime/load.js').then(
        ({ loadFromStart }) => loadFromStart(a.store, definition('Application'), id),
      );
      expect(state).toEqual({ ...fromEvents, version: 150 });
    });

    it.each([
      ['of another definition', { definition: 'f'.repeat(64) }],
      ['ahead of the log', { sequence: 10_000_000, version: 5_000 }],
      ['at another event', { head: '0'.repeat(64) }],
      ['that do not match their own hash', { state_hash: '0'.repeat(64) }],
      ['that no longer match the schema', { state: { status: 'active', data: { tags: 7 } } }],
      ['in a status that is gone', { state: { status: 'mothballed', data: {} } }],
    ])('%s are passed over', async (_, forged) => {
      const id = await grown(100);
      const real = await a.store.snapshot(definition('Application'), id);
      await a.store.saveSnapshot(definition('Application'), id, { ...real!, ...forged });
      const { state, loadsFromSnapshot } = await loaded(id);
      expect(loadsFromSnapshot).toBe(0);
      expect(state.version).toBe(100);
      expect(state.data.owner).toBe('team 98');
    });
  });

  it('goes on for all others when something foreign stands in a stream', async () => {
    const [fine, victim, thief] = [uuid(), uuid(), uuid()];
    for (const id of [fine, victim, thief]) await ok(a, createCapability(id));
    const nc = await connect({ servers: server.url });
    const patiently = { timeout: PATIENCE_MS };
    await nc.request(`evt.business-capability.${victim}`, 'garbage', patiently);
    // A well-made event of another aggregate is no better.
    const [stolen] = await historyOf('BusinessCapability', fine);
    const block = headerBlock(eventHeaders(stolen!));
    const raw = { encode: () => block } as unknown as MsgHdrs;
    await nc.request(`evt.business-capability.${thief}`, JSON.stringify(stolen!.data), {
      ...patiently,
      headers: raw,
    });
    const live = new AbortController();
    const followed = (async () => {
      for await (const event of a.store.follow(definition('BusinessCapability'), 1, live.signal))
        if (event.event_type === 'ParentAssigned' && event.aggregate_id === fine) return event;
      return undefined;
    })();
    const parent = uuid();
    await ok(a, createCapability(parent));
    await ok(
      b,
      envelope('BusinessCapability', fine, 'AddParentToCapability', { parent_id: parent }),
    );
    expect(await followed).toMatchObject({ aggregate_id: fine });
    live.abort();
    for (const broken of [victim, thief]) {
      a.runtime.passivate();
      const rename = envelope('BusinessCapability', broken, 'RenameCapability', { name: uuid() });
      await expect(tell(a, rename)).rejects.toMatchObject({ code: 'HISTORY_BROKEN' });
    }
    await nc.close();
  });

  it('journals what became of every command, and never a secret', async () => {
    const id = uuid();
    const command = createApplication(id);
    await ok(a, command);
    await ok(a, command);
    await tell(
      a,
      envelope('Application', id, 'TransitionLifecycle', { target_lifecycle: 'retired' }),
    );
    await tell(a, { command_id: 7, nonsense: 'top secret' });
    const mine: { outcome: string; code?: string; aggregate_id?: string }[] = [];
    await expect
      .poll(async () => {
        mine.length = 0;
        for await (const entry of a.store.readJournal(1))
          if (entry.aggregate_id === id || entry.code === 'MALFORMED_COMMAND') mine.push(entry);
        return mine.map(({ outcome, code: why }) => why ?? outcome);
      })
      .toEqual(['accepted', 'replayed', 'INVALID_LIFECYCLE_TRANSITION', 'MALFORMED_COMMAND']);
    expect(JSON.stringify(mine)).not.toContain('top secret');
  });
});
