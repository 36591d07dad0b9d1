import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../src/core/event.js';
import { judge } from './support/truth/judge.js';
import {
  type Answer,
  type At,
  type Entry,
  type Json,
  Ledger,
  type Question,
  type Slug,
  type Told,
} from './support/truth/ledger.js';
import { Truth } from './support/truth/truth.js';

/** When the command of an event was sent, and when it was acknowledged; the log has them in order. */
type Written = {
  readonly slug?: Slug;
  readonly id: string;
  readonly type: string;
  readonly data: Json;
  readonly sent: number;
  readonly acked: number;
  /** Nobody was told of it. */
  readonly silent?: true;
};

const TIME_0 = Date.parse('2026-01-06T10:00:00.000Z');
const isoAt = (ms: number): string => new Date(TIME_0 + ms).toISOString();

const COMMANDS: Readonly<Record<string, (event: Json) => readonly [string, Json]>> = {
  ApplicationCreated: (event) => ['CreateApplication', event],
  ApplicationRenamed: ({ new_name: name }) => ['RenameApplication', { name }],
  OwnerSet: ({ new_owner: owner }) => ['SetOwner', { owner }],
  IntegrationCreated: (event) => ['CreateIntegration', event],
  SourceRerouted: ({ new_app_id: app_id }) => ['RerouteSource', { app_id }],
};

const answerOf = (status: number, more: Partial<Answer> = {}): Answer => ({
  status,
  code: null,
  body: {},
  position: null,
  reached: null,
  ...more,
});
const refused = (code: string, details: Json = {}): Answer =>
  answerOf(code === 'BUSY' ? 503 : 409, { code, body: { details } });
const shown = (body: Json, position: string | null = null): Answer =>
  answerOf(200, { body, position });
const NONE = answerOf(404, { code: 'NOT_FOUND' });

/** A log that was written by acknowledged commands, and the ledger of them. */
const world = (written: readonly Written[]) => {
  const ledger = new Ledger();
  const events: Record<Slug, StoredEvent[]> = { application: [], integration: [] };
  for (const { slug = 'application', id, type, data, sent, acked, silent } of written) {
    const sequence = events[slug].length + 1;
    const before = events[slug].filter(({ aggregate_id }) => aggregate_id === id);
    const event = {
      sequence,
      data,
      event_type: type,
      aggregate_id: id,
      event_id: `${slug}-${sequence}`,
      causation_id: `command-${slug}-${sequence}`,
      aggregate_version: before.length + 1,
      event_timestamp: isoAt(sent),
    } as unknown as StoredEvent;
    events[slug].push(event);
    const [command_type, asked] = COMMANDS[type]!(data);
    const position = `${slug}:${sequence}`;
    const body = { aggregate_version: event.aggregate_version, position, replayed: false };
    ledger.entries.push({
      question: told({ slug, id, command_type, data: asked, command_id: event.causation_id }),
      answer: silent ? answerOf(0) : answerOf(200, { body, position }),
      begin: sent,
      end: acked,
    });
  }
  /** What is found wrong with more answers than those. */
  const lies = (...entries: readonly Entry[]): readonly string[] => {
    ledger.entries.push(...entries);
    const logged = {
      application: { events: events.application, last: events.application.length },
      integration: { events: events.integration, last: events.integration.length },
    };
    return judge(ledger, new Truth(logged, ledger.entries)).lies.map(({ why }) => why);
  };
  return { lies };
};

const told = (more: Partial<Told>): Told => ({
  kind: 'command',
  command_id: 'another',
  command_type: 'SetOwner',
  slug: 'application',
  id: 'a',
  data: {},
  expected_version: null,
  teams: null,
  ...more,
});
const asked = (question: Question, answer: Answer, [begin, end]: readonly [number, number]) => ({
  question,
  answer,
  begin,
  end,
});

const created = (id: string, name: string, sent: number, acked: number): Written => ({
  id,
  type: 'ApplicationCreated',
  data: { name, owner: 'team-a', lifecycle: 'planned' },
  sent,
  acked,
});
/** Created from 10 to 20, given to another team from 30 to 50, called otherwise from 60 to 70. */
const HISTORY: readonly Written[] = [
  created('a', 'One', 10, 20),
  {
    id: 'a',
    type: 'OwnerSet',
    data: { previous_owner: 'team-a', new_owner: 'team-b' },
    sent: 30,
    acked: 50,
  },
  {
    id: 'a',
    type: 'ApplicationRenamed',
    data: { previous_name: 'One', new_name: 'Two' },
    sent: 60,
    acked: 70,
  },
];

describe('a refusal', () => {
  const rename = { command_type: 'RenameApplication', data: { name: 'One' } };
  it.each<[string, Partial<Told>, Answer, readonly [number, number], RegExp | null]>([
    ['NOT_FOUND before it was sent', {}, refused('NOT_FOUND'), [1, 5], null],
    ['NOT_FOUND while it is written', {}, refused('NOT_FOUND'), [15, 40], null],
    ['NOT_FOUND after the answer', {}, refused('NOT_FOUND'), [21, 22], /at no moment/],
    ['ALREADY_EXISTS too early', {}, refused('ALREADY_EXISTS'), [1, 9], /at no moment/],
    ['NO_CHANGE', { data: { owner: 'team-b' } }, refused('NO_CHANGE'), [40, 45], null],
    [
      'NO_CHANGE of old',
      { data: { owner: 'team-a' } },
      refused('NO_CHANGE'),
      [51, 52],
      /no moment/,
    ],
    [
      'its version',
      { expected_version: 1 },
      refused('CONCURRENCY_CONFLICT', { actual_version: 2 }),
      [51, 52],
      null,
    ],
    [
      'an old version',
      { expected_version: 3 },
      refused('CONCURRENCY_CONFLICT', { actual_version: 2 }),
      [71, 72],
      /no moment/,
    ],
    [
      'a name that is held',
      { id: 'b', ...rename },
      refused('NAME_TAKEN', { held_by: 'a' }),
      [55, 65],
      null,
    ],
    [
      'a name that was released',
      { id: 'b', ...rename },
      refused('NAME_TAKEN', { held_by: 'a' }),
      [71, 75],
      /no moment/,
    ],
    ['FORBIDDEN to who owned it once', { teams: ['team-a'] }, refused('FORBIDDEN'), [51, 55], null],
    [
      'FORBIDDEN to who owns it',
      { teams: ['team-b'] },
      refused('FORBIDDEN'),
      [51, 55],
      /no moment/,
    ],
    ['the end of a life', {}, refused('INVALID_LIFECYCLE_TRANSITION'), [51, 55], /no moment/],
    ['an id that nobody used', {}, refused('COMMAND_ID_REUSED'), [51, 55], /nobody else/],
    ['one nobody knows', {}, refused('TOO_LATE'), [51, 55], /no answer to expect/],
    ['STORE_REFUSED', {}, refused('STORE_REFUSED'), [51, 55], /no answer to expect/],
  ])('%s', (_, more, answer, when, lie) => {
    const found = world(HISTORY).lies(asked(told(more), answer, when));
    expect(found).toEqual(lie ? [expect.stringMatching(lie)] : []);
  });

  it('that nothing was written is a lie where it stands in the log', () => {
    const silent: Written = { ...created('b', 'B', 80, 85), silent: true };
    const again = { command_id: 'command-application-4', id: 'b' };
    const busy = asked(told(again), refused('BUSY'), [90, 95]);
    const absent = asked(told(again), refused('NOT_FOUND'), [90, 95]);
    // Whoever got no answer knows nothing: that another attempt was not looked at may be true.
    expect(world([...HISTORY, silent]).lies(busy)).toEqual([]);
    expect(world([...HISTORY, silent]).lies(absent)).toEqual([
      'NOT_FOUND was said last, and it is in the log',
    ]);
    expect(
      world(HISTORY).lies(asked(told({ command_id: 'x' }), refused('BUSY'), [90, 95])),
    ).toEqual([]);
    const { lies } = world(HISTORY);
    const own = { command_id: 'command-application-3' };
    const late = asked(told({ ...own, ...rename }), refused('NO_CHANGE'), [75, 76]);
    expect(lies(late)).toEqual(['NO_CHANGE, and that was so at no moment']);
  });

  it('of a command that had been accepted is a lie, also where it is so by now', () => {
    const own = { command_id: 'command-application-2', data: { owner: 'team-b' } };
    const retried = asked(told(own), refused('NO_CHANGE'), [51, 52]);
    expect(world(HISTORY).lies(retried)).toEqual(['NO_CHANGE, though it had been accepted before']);
  });
});

describe('an acceptance', () => {
  const own = { command_id: 'command-application-2', data: { owner: 'team-b' } };
  const accepted = (body: Json) =>
    asked(told(own), answerOf(200, { body, position: String(body.position) }), [51, 55]);

  it('may come again as a replay, but not as another', () => {
    const body = { aggregate_version: 2, position: 'application:2' };
    expect(world(HISTORY).lies(accepted({ ...body, replayed: true }))).toEqual([]);
    expect(world(HISTORY).lies(accepted({ ...body, replayed: false }))).toEqual([
      'it was accepted 2 times',
    ]);
    expect(
      world(HISTORY).lies(accepted({ ...body, aggregate_version: 3, replayed: true })),
    ).toEqual([expect.stringMatching(/not where it was said/)]);
  });

  it('of what is not in the log is a lie', () => {
    const body = { aggregate_version: 4, position: 'application:4', replayed: false };
    const lost = asked(told({ command_id: 'lost' }), answerOf(200, { body }), [90, 91]);
    expect(world(HISTORY).lies(lost)).toEqual(['it was accepted, and is not in the log']);
  });

  it('needs an owner when it is written, not when it was asked', () => {
    const [first, second, renamed] = HISTORY as [Written, Written, Written];
    const { lies } = world([first, second]);
    const body = { aggregate_version: 3, position: 'application:3', replayed: false };
    const by = (team: string) => {
      const one = world([first, second, { ...renamed, silent: true }]);
      const question = told({
        command_id: 'command-application-3',
        command_type: 'RenameApplication',
        data: { name: 'Two' },
        teams: [team],
      });
      return one.lies(asked(question, answerOf(200, { body }), [60, 70]));
    };
    expect(lies()).toEqual([]);
    expect(by('team-b')).toEqual([]);
    expect(by('team-a')).toEqual(['it was accepted from somebody who did not own it']);
  });

  it('says what was there before', () => {
    const [first, second] = HISTORY as [Written, Written];
    const wrong = { ...second, data: { previous_owner: 'team-c', new_owner: 'team-b' } };
    expect(world([first, wrong]).lies()).toEqual(['previous_owner is not what was there before']);
  });
});

describe('whose an integration is', () => {
  const flow: Written = {
    slug: 'integration',
    id: 'f',
    type: 'IntegrationCreated',
    sent: 22,
    acked: 25,
    data: { source_app_id: 'a', target_app_id: 'b' },
  };
  const all = [created('a', 'A', 1, 2), created('b', 'B', 3, 4), flow];
  const sla = {
    slug: 'integration',
    id: 'f',
    command_type: 'SetSla',
    data: { sla: '99%' },
  } as const;

  it('is said by both ends as they were at one moment', () => {
    const by = (team: string) =>
      world(all).lies(asked(told({ ...sla, teams: [team] }), refused('FORBIDDEN'), [30, 31]));
    expect(by('team-b')).toEqual([]);
    expect(by('team-a')).toEqual([expect.stringMatching(/at no moment/)]);
  });
});

describe('a read', () => {
  const one = { slug: 'application', id: 'a' } as const;
  const document = (at: At): Question => ({ kind: 'document', ...one, at });
  const list = (at: At, owner: string | null = null): Question => ({ kind: 'list', owner, at });
  const v = (version: number, owner: string, name = 'One'): Json => ({ version, owner, name });
  const events = (count: number): Json => ({
    events: Array.from({ length: count }, (_, index) => ({
      event_id: `application-${index + 1}`,
      metadata: { position: `application:${index + 1}` },
    })),
  });
  const P1 = 'application:1';
  const P2 = 'application:2';

  it.each<[string, Question, Answer, readonly [number, number], RegExp | null]>([
    ['as of a position', document({ as_of: 1 }), shown(v(1, 'team-a')), [71, 72], null],
    ['as of a position, later', document({ as_of: 1 }), shown(v(2, 'team-b')), [71, 72], /were 1$/],
    ['none as of its own position', document({ as_of: 1 }), NONE, [21, 22], /^404/],
    ['a version', document({ version: 3 }), shown(v(3, 'team-b', 'Two')), [61, 62], null],
    ['a version that is not there yet', document({ version: 3 }), NONE, [61, 62], null],
    ['none of a version that is there', document({ version: 3 }), NONE, [71, 72], /^404/],
    [
      'what was so, by then',
      document({ effective_at: isoAt(30) }),
      shown(v(2, 'team-b')),
      [51, 52],
      null,
    ],
    [
      'what was not so any more',
      document({ effective_at: isoAt(30) }),
      shown(v(1, 'team-a')),
      [51, 52],
      /were 2$/,
    ],
    [
      'documents that say how old they are',
      document({ now: true }),
      shown(v(1, 'team-a'), P1),
      [71, 72],
      null,
    ],
    [
      'that are older than they say',
      document({ now: true }),
      shown(v(1, 'team-a'), P2),
      [71, 72],
      /^version 1/,
    ],
    ['that say nothing', document({ now: true }), NONE, [1, 2], /does not say/],
    [
      'that wait, and gave up',
      document({ now: true, min: 2 }),
      { ...shown(v(1, 'team-a'), P1), reached: false },
      [51, 52],
      null,
    ],
    [
      'that gave up in silence',
      document({ now: true, min: 2 }),
      shown(v(1, 'team-a'), P1),
      [51, 52],
      /not reached/,
    ],
    [
      'what is still to come',
      document({ now: true }),
      shown(v(2, 'team-b'), P2),
      [21, 22],
      /were 1 at most/,
    ],
    ['a count', list({ as_of: 2 }, 'team-b'), shown({ total: 1 }, P2), [51, 52], null],
    [
      'a wrong count',
      list({ as_of: 2 }, 'team-a'),
      shown({ total: 1 }, P2),
      [51, 52],
      /were counted/,
    ],
    [
      'a count that is too old',
      list({ effective_at: isoAt(30) }),
      shown({ total: 1 }, P1),
      [51, 52],
      /reflects 1/,
    ],
    ['all events', { kind: 'events', ...one }, shown(events(2)), [51, 52], null],
    ['fewer events', { kind: 'events', ...one }, shown(events(1)), [51, 52], /were 2$/],
    ['either, while it is written', { kind: 'events', ...one }, shown(events(1)), [35, 45], null],
    ['none', { kind: 'events', ...one }, NONE, [51, 52], /^0 events/],
    [
      'what is possible',
      { kind: 'possible', ...one },
      shown({ aggregate_version: 2, status: 'planned' }),
      [51, 52],
      null,
    ],
    [
      'what was possible',
      { kind: 'possible', ...one },
      shown({ aggregate_version: 1, status: 'planned' }),
      [51, 52],
      /were 2$/,
    ],
    ['a timeline', { kind: 'history', ...one }, shown({ total: 2 }, P2), [51, 52], null],
    [
      'a shorter timeline',
      { kind: 'history', ...one },
      shown({ total: 1 }, P2),
      [51, 52],
      /^1 changes/,
    ],
    [
      'a difference',
      { kind: 'diff', ...one, from: 1 },
      shown({
        from: { aggregate_version: 1 },
        to: { aggregate_version: 2 },
        events: [{ event_id: 'application-2' }],
      }),
      [51, 52],
      null,
    ],
    [
      'a difference without its event',
      { kind: 'diff', ...one, from: 1 },
      shown({ from: { aggregate_version: 1 }, to: { aggregate_version: 2 }, events: [] }),
      [51, 52],
      /0 events of 1/,
    ],
    [
      'a difference to what was',
      { kind: 'diff', ...one, from: 1 },
      shown({ from: { aggregate_version: 1 }, to: { aggregate_version: 1 }, events: [] }),
      [51, 52],
      /to version 1/,
    ],
    ['a stream', { kind: 'stream', ...one, version: 2 }, shown(events(2)), [51, 52], null],
    [
      'a stream that stops',
      { kind: 'stream', ...one, version: 2 },
      shown(events(1)),
      [51, 52],
      /then none/,
    ],
    [
      'one that is not ready',
      document({ as_of: 1 }),
      answerOf(503, { code: 'AS_OF_BUILDING' }),
      [51, 52],
      null,
    ],
    [
      'one that fails',
      document({ as_of: 1 }),
      answerOf(500, { code: 'INTERNAL' }),
      [51, 52],
      /no answer to expect/,
    ],
  ])('%s', (_, question, answer, when, lie) => {
    const found = world(HISTORY).lies(asked(question, answer, when));
    expect(found).toEqual(lie ? [expect.stringMatching(lie)] : []);
  });

  it('is held against what was acknowledged, not against what another was shown', () => {
    const question: Question = { kind: 'events', ...one };
    const seen = asked(question, shown(events(2)), [31, 35]);
    const unseen = asked(question, shown(events(1)), [36, 40]);
    expect(world(HISTORY).lies(seen, unseen)).toEqual([]);
    const body = { aggregate_version: 2, position: 'application:2', replayed: true };
    const own = told({ command_id: 'command-application-2', data: { owner: 'team-b' } });
    const replayed = asked(own, answerOf(200, { body, position: body.position }), [31, 35]);
    expect(world(HISTORY).lies(replayed, unseen)).toEqual(['1 events, and there were 2']);
  });
});
