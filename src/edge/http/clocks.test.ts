import { fc, test } from '@fast-check/vitest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Application } from '../../../actors/application/application.js';
import { applicationPortfolio } from '../../../streams/application-portfolio/application-portfolio.js';
import { applicationRoadmap } from '../../../streams/application-roadmap/application-roadmap.js';
import { capabilityMap } from '../../../streams/capability-map/capability-map.js';
import { countsOverTime } from '../../../streams/counts-over-time/counts-over-time.js';
import { serverDeployments } from '../../../streams/server-deployments/server-deployments.js';
import {
  type Fact,
  type Is,
  isInOrder,
  LIFECYCLES,
  type Lifecycle,
  recordedBy,
  trueAt,
  turningPoints,
} from '../../../test/support/effective-oracle.js';
import { type Json, type ReadSide, startReadSide } from '../../../test/support/read-side.js';
import { type EventRecord, seal } from '../../core/event.js';
import { isConflict } from '../../write/store/event-log.js';

const SHOWN = [
  applicationPortfolio,
  applicationRoadmap,
  capabilityMap,
  countsOverTime,
  serverDeployments,
];
const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-10T10:00:00Z');
/** The clock of the read side stands here. */
const NOW = Date.parse('2026-03-01T10:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

vi.setConfig({ testTimeout: 120_000 }); // every history is a node of its own

const opened: ReadSide[] = [];
afterEach(async () => {
  for (const side of opened.splice(0)) await side.close();
});

const TYPES = {
  created: 'ApplicationCreated',
  transitioned: 'LifecycleTransitioned',
  corrected: 'LifecycleCorrected',
  owner: 'OwnerSet',
  deleted: 'ApplicationDeleted',
} as const;
const dataOf = (id: string, fact: Fact): Record<string, unknown> => {
  const approved = { reason: 'found out', approval_id: 'chg-1' };
  switch (fact.kind) {
    case 'created':
      return {
        name: id,
        owner: 'it',
        data_classification: 'internal',
        lifecycle: fact.to,
        capability_id: null,
      };
    case 'transitioned':
      return { from_lifecycle: 'active', to_lifecycle: fact.to, sunset_date: null };
    case 'corrected':
      return {
        ...approved,
        corrected_lifecycle: fact.to,
        previous_lifecycle: 'active',
        original_event_id: '0b7e9c1e-1111-4111-8111-000000000000',
      };
    case 'owner':
      return { previous_owner: 'it', new_owner: fact.owner, reason: null };
    case 'deleted':
      return approved;
  }
};

/** Logs hold times in more than one form. */
const oneWay = (ms: number): string =>
  (ms / DAY_MS) % 2 === 0 ? iso(ms) : iso(ms).replace('.000Z', 'Z');

const eventOf = (id: string, fact: Fact, before: EventRecord | undefined): EventRecord =>
  seal({
    event_id: `${id}-${fact.version}`,
    event_type: TYPES[fact.kind],
    event_version: 1,
    aggregate_type: 'Application',
    aggregate_id: id,
    aggregate_version: fact.version,
    event_timestamp: iso(fact.recorded),
    actor: 'ada',
    actor_type: 'user',
    source: 'import',
    causation_id: `${id}-c${fact.version}`,
    command_hash: 'h',
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    traceparent: null,
    effective_at: fact.effective === null ? null : oneWay(fact.effective),
    data: dataOf(id, fact),
    previous_hash: before?.hash ?? null,
  });

type Histories = ReadonlyMap<string, readonly Fact[]>;

/** A node whose log is these histories, told one after the other. */
const nodeOf = async (histories: Histories): Promise<ReadSide> => {
  const side = await startReadSide(SHOWN);
  opened.push(side);
  const all = [...histories].flatMap(([id, facts]) => facts.map((fact) => ({ id, fact })));
  const heads = new Map<string, { event: EventRecord; sequence: number }>();
  let sequence = 0;
  for (const { id, fact } of all.sort((a, b) => a.fact.recorded - b.fact.recorded)) {
    const head = heads.get(id);
    const event = eventOf(id, fact, head?.event);
    const append = { kind: Application, aggregate_id: id, claims: [], events: [event] };
    const done = await side.store.append({ ...append, expected: head?.sequence ?? 0 });
    if (isConflict(done)) throw new Error('conflict');
    heads.set(id, { event, sequence: ++sequence });
  }
  await side.ask(
    `/applications?min_position=application:${sequence}&min_position_timeout_ms=30000`,
  );
  return side;
};

/** What may be told next, given what it is: anything that a writer could have recorded. */
const factOf = (is: Is, pick: number): Partial<Fact> | undefined => {
  const to = LIFECYCLES[pick % LIFECYCLES.length]!;
  if (!is) return { kind: 'created', to };
  if (is.status === 'deleted') return undefined;
  const next = LIFECYCLES[LIFECYCLES.indexOf(is.status) + 1];
  const kinds: Partial<Fact>[] = [
    { kind: 'owner', owner: `team-${pick}` },
    ...(next ? [{ kind: 'transitioned' as const, to: next }] : []),
    ...LIFECYCLES.map((one) => ({ kind: 'corrected' as const, to: one })),
    ...(pick % 5 === 0 ? [{ kind: 'deleted' as const }] : []),
  ];
  return kinds[pick % kinds.length];
};

/** Histories as people record them: some of it late, some of it before it is true. */
const histories: fc.Arbitrary<Histories> = fc
  .array(
    fc.record({
      application: fc.nat(2),
      pick: fc.nat(40),
      /** Days after what was recorded before. */
      wait: fc.nat(2),
      /** Days around the beginning, some of them after now; or nobody said. */
      effective: fc.option(fc.integer({ min: -60, max: 70 }), { nil: null }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((happenings) => {
    const all = new Map<string, Fact[]>();
    let recorded = START;
    for (const { application, pick, wait, effective } of happenings) {
      recorded += wait * DAY_MS;
      const id = `app-${application}`;
      const facts = all.get(id) ?? [];
      const what = factOf(recordedBy(facts), pick);
      if (!what) continue;
      const at = effective === null ? null : START + effective * DAY_MS;
      facts.push({ version: facts.length + 1, recorded, effective: at, ...what } as Fact);
      all.set(id, facts);
    }
    return all;
  });

/** Times that matter: where something turns, just before, and now. */
const timesOf = (facts: readonly Fact[]): readonly number[] =>
  [...turningPoints(facts).flatMap((at) => [at - 1, at]), NOW].filter((at) => at <= NOW);

const documentOf = async (side: ReadSide, id: string, query: string): Promise<Is> => {
  const { status, json } = await side.ask(`/applications/${id}?include_deleted=true&${query}`);
  if (status === 404) return undefined;
  return {
    status: json.deleted ? 'deleted' : (json.lifecycle as Lifecycle),
    owner: String(json.owner),
  };
};
const listed = async (side: ReadSide, query: string): Promise<Record<string, Is>> => {
  const { json } = await side.ask(`/applications?include_deleted=true&${query}`);
  return Object.fromEntries(
    (json.items as Json[]).map(({ id, deleted, lifecycle, owner }) => [
      id,
      { status: deleted ? 'deleted' : lifecycle, owner },
    ]),
  );
};
const present = (all: Histories, isAt: (facts: readonly Fact[]) => Is): Record<string, Is> =>
  Object.fromEntries([...all].flatMap(([id, facts]) => (isAt(facts) ? [[id, isAt(facts)]] : [])));

type Stay = { readonly status: string; readonly from: string; readonly to: string | null };
const staysOf = async (side: ReadSide, id: string): Promise<readonly Stay[]> =>
  (await side.ask(`/applications/${id}/statuses?clock=effective`)).json.items as Stay[];
/** The status that stays tell for a time. */
const staying = (stays: readonly Stay[], at: number): string | undefined =>
  stays.find(({ from, to }) => Date.parse(from) <= at && (to === null || at < Date.parse(to)))
    ?.status;

const RUNS = { numRuns: 15 };

describe('what was true at a time', () => {
  test.prop([histories, fc.integer({ min: START, max: NOW })], RUNS)(
    'is one answer, by the document, by lists and by statuses, whenever it was known',
    async (all, asOf) => {
      const side = await nodeOf(all);
      const times = new Set<number>();
      for (const [id, facts] of all) {
        const stays = await staysOf(side, id);
        for (const at of timesOf(facts)) {
          const is = trueAt(facts, at);
          expect(await documentOf(side, id, `effective_at=${iso(at)}`)).toEqual(is);
          expect(staying(stays, at)).toBe(is?.status);
          const query = `effective_at=${iso(at)}&as_of=${iso(asOf)}`;
          expect(await documentOf(side, id, query)).toEqual(trueAt(facts, at, asOf));
          times.add(at);
        }
        expect(await documentOf(side, id, 'effective_at=now')).toEqual(trueAt(facts, NOW));
      }
      for (const at of [...times].slice(-4))
        expect(await listed(side, `effective_at=${iso(at)}`)).toEqual(
          present(all, (facts) => trueAt(facts, at)),
        );
      expect(await listed(side, 'effective_at=now')).toEqual(
        present(all, (facts) => trueAt(facts, NOW)),
      );
    },
  );

  test.prop([histories, fc.nat(100), fc.nat(100)], RUNS)(
    'is what differences start from and end at',
    async (all, one, other) => {
      const side = await nodeOf(all);
      for (const [id, facts] of all) {
        const times = timesOf(facts);
        const [from, to] = [times[one % times.length]!, times[other % times.length]!];
        const query = `diff?clock=effective&from=${iso(from)}&to=${to === NOW ? 'now' : iso(to)}`;
        const { json } = await side.ask(`/applications/${id}/${query}`);
        const changes = (json.changes as { field: string; from: unknown; to: unknown }[]).filter(
          ({ field }) => field === 'status' || field === 'owner',
        );
        const [was, is] = [trueAt(facts, from), trueAt(facts, to)];
        const expected = (['status', 'owner'] as const).flatMap((field) =>
          was?.[field] === is?.[field]
            ? []
            : [{ field, from: was?.[field] ?? null, to: is?.[field] ?? null }],
        );
        expect(changes).toEqual(expected);
        const list = await side.ask(
          `/views/application-portfolio/diff?include_deleted=true&clock=effective&from=${iso(from)}&to=${iso(to)}`,
        );
        const change = (list.json.items as { key: string; change: string }[]).find(
          ({ key }) => key === id,
        );
        if (Boolean(was) !== Boolean(is)) expect(change?.change).toBe(is ? 'added' : 'removed');
        else if (expected.length > 0) expect(change?.change).toBe('changed');
      }
    },
  );

  test.prop([histories], RUNS)('is what the timeline counts, month by month', async (all) => {
    const side = await nodeOf(all);
    const { json } = await side.ask('/views/counts-over-time/timeline?clock=effective&to=2026-03');
    const months = (json.answer as { months: ({ month: string } & Record<Lifecycle, number>)[] })
      .months;
    for (const { month, ...counts } of months) {
      const next = new Date(`${month}-01T00:00:00Z`);
      next.setUTCMonth(next.getUTCMonth() + 1);
      const at = Math.min(next.getTime() - 1, NOW);
      const statuses = [...all.values()].map((facts) => trueAt(facts, at)?.status);
      for (const lifecycle of LIFECYCLES)
        expect([month, lifecycle, counts[lifecycle]]).toEqual([
          month,
          lifecycle,
          statuses.filter((status) => status === lifecycle).length,
        ]);
    }
  });

  it('is one answer where a later correction says what was true earlier', async () => {
    const on = (day: string): number => Date.parse(`${day}T00:00:00Z`);
    const told = (version: number, effective: string) => ({
      version,
      recorded: START + version * DAY_MS,
      effective: on(effective),
    });
    const side = await nodeOf(
      new Map([
        [
          'pay',
          [
            { ...told(1, '2020-01-01'), kind: 'created', to: 'planned' },
            { ...told(2, '2022-01-01'), kind: 'corrected', to: 'retired' },
            { ...told(3, '2021-01-01'), kind: 'corrected', to: 'active' },
          ],
        ],
      ]),
    );
    const stays = (await staysOf(side, 'pay')).map(({ status, from }) => [
      status,
      from.slice(0, 4),
    ]);
    expect(stays).toEqual([
      ['planned', '2020'],
      ['active', '2021'],
      ['retired', '2022'],
    ]);
    const statusAt = async (query: string) => (await documentOf(side, 'pay', query))?.status;
    expect(await statusAt('effective_at=2021-06-01')).toBe('active');
    expect(await statusAt('effective_at=now')).toBe('retired');
    const { json } = await side.ask('/applications/pay/diff?clock=effective&from=2020-06-01');
    expect(json.changes).toContainEqual({ field: 'status', from: 'planned', to: 'retired' });
    // What commands are decided on is the record: the last thing that was said.
    expect(await statusAt('')).toBe('active');
    expect(await statusAt('as_of=now')).toBe('active');
    const recorded = await side.ask(
      '/applications/pay/statuses?min_position=application:3&min_position_timeout_ms=30000',
    );
    expect((recorded.json.items as Stay[]).at(-1)).toMatchObject({ status: 'active', to: null });
  });

  test.prop([histories], RUNS)('is what a roadmap of that moment draws', async (all) => {
    const side = await nodeOf(all);
    const { json } = await side.ask(
      '/views/application-roadmap?include_deleted=true&effective_at=now',
    );
    for (const { id, spans } of json.items as { id: string; spans: Json[] }[]) {
      const facts = all.get(id)!;
      for (const at of timesOf(facts)) {
        const there = spans.find(
          ({ from, to }) =>
            Date.parse(String(from)) <= at && (to === null || at < Date.parse(String(to))),
        );
        const status = trueAt(facts, at)?.status;
        expect(there?.lifecycle).toBe(status === 'deleted' ? undefined : status);
      }
    }
    const { json: lives } = await side.ask(
      '/views/lifecycles?include_deleted=true&effective_at=now',
    );
    for (const { aggregate_id, status, since } of lives.items as Record<string, string>[]) {
      const stays = await staysOf(side, aggregate_id!);
      const now = stays.findLast(({ from }) => Date.parse(from) <= NOW);
      expect([status, since]).toEqual([now?.status, now?.from]);
    }
  });
});

describe('what the record says', () => {
  test.prop([histories, fc.integer({ min: START, max: NOW })], RUNS)(
    'is what live documents show, and what they showed as of a time',
    async (all, asOf) => {
      const side = await nodeOf(all);
      for (const [id, facts] of all) {
        expect(await documentOf(side, id, '')).toEqual(recordedBy(facts));
        expect(await documentOf(side, id, 'as_of=now')).toEqual(recordedBy(facts));
        expect(await documentOf(side, id, `as_of=${iso(asOf)}`)).toEqual(recordedBy(facts, asOf));
      }
      expect(await listed(side, '')).toEqual(present(all, (facts) => recordedBy(facts)));
    },
  );

  test.prop([histories], RUNS)(
    'is what is true now, where nothing was recorded late or before it is true',
    async (all) => {
      const inOrder = new Map([...all].filter(([, facts]) => isInOrder(facts, NOW)));
      const side = await nodeOf(inOrder);
      for (const id of inOrder.keys()) {
        const live = await side.ask(`/applications/${id}?include_deleted=true`);
        const now = await side.ask(`/applications/${id}?include_deleted=true&effective_at=now`);
        expect(now.json).toEqual(live.json);
      }
    },
  );
});
