import { setTimeout as pause } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import { describe, expect, it, vi } from 'vitest';
import { chain, KIND } from '../../../../test/support/events.js';
import { PATIENCE_MS } from '../../../../test/support/patience.js';
import type { Append, ClaimWrite } from '../event-log.js';
import { WriteGate } from '../write-gate.js';
import {
  APPEND_MESSAGES_MAX,
  Appender,
  BATCH_MESSAGES_MAX,
  type Batching,
  batchingFor,
  QUEUE_MAX,
} from './appender.js';
import { parseHeaders } from './headers.js';
import { type Mux, Unanswered } from './mux.js';

/*
 * What the appender makes of every answer that a server may give, none included. That servers do
 * give them is for test/appender.test.ts and the tests of clusters.
 */

type Sent = {
  readonly subject: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: unknown;
  /** Of headers and body. */
  readonly bytes: number;
};
type Said = object | string | Error;
type Answer = Said | Promise<Said> | (() => Said | Promise<Said>);
type Found = Awaited<ReturnType<ConstructorParameters<typeof Appender>[0]['find']>> | Error;

/** Long enough for five attempts, also on a busy machine. */
const RESOLVE_WITHIN_MS = 300;

const acked = (seq: number, count?: number): Said => ({ seq, ...(count && { count }) });
const refused = (err_code: number, code = 400): Said => ({
  error: { code, err_code, description: `error ${err_code}` },
});
const silence = new Unanswered('no answer in time');

/** An appender and a server that gives these answers, one after the other, the last one for ever. */
const opened = (
  answers: readonly Answer[],
  found: readonly Found[] = ['absent'],
  batching: Batching = { inFlight: 1, from: 2 },
  more: Partial<ConstructorParameters<typeof Appender>[0]> = {},
) => {
  const sent: Sent[] = [];
  const requests: Sent[] = [];
  const note = (subject: string, headers: Uint8Array, payload: Uint8Array): Sent => {
    const one = {
      subject,
      headers: parseHeaders(Buffer.from(headers).toString()),
      body: JSON.parse(Buffer.from(payload).toString()) as unknown,
      bytes: headers.length + payload.length,
    };
    sent.push(one);
    return one;
  };
  let asked = 0;
  const mux = {
    send: note,
    request: async (subject: string, headers: Uint8Array, payload: Uint8Array): Promise<Msg> => {
      requests.push(note(subject, headers, payload));
      const next = answers[Math.min(asked++, answers.length - 1)]!;
      const answer = await (typeof next === 'function' ? next() : next);
      if (answer instanceof Error) throw answer;
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      return { data: Buffer.from(text) } as unknown as Msg;
    },
  } as unknown as Mux;
  let looked = 0;
  const find = vi.fn(async () => {
    const one = found[Math.min(looked++, found.length - 1)]!;
    if (one instanceof Error) throw one;
    return one;
  });
  const appender = new Appender({
    mux,
    batching,
    maxPayload: () => 1_000_000,
    find,
    resolveWithinMs: RESOLVE_WITHIN_MS,
    ...more,
  });
  return { appender, sent, requests, find };
};
const append = (id: string, more: Partial<Append> = {}): Append => ({
  kind: KIND,
  aggregate_id: id,
  expected: 0,
  events: chain(id, 1),
  claims: [],
  ...more,
});
const claim = (key: string, expected = 0): ClaimWrite => ({
  scope: 'name',
  key,
  label: `name/${key}`,
  holder: 'a',
  expected,
});
/** How an append ended: what it gave, or the code of its fault. */
const ended = (result: Promise<unknown>): Promise<unknown> =>
  result.catch((fault: { code: string }) => fault.code);

describe('a lone append', () => {
  it('goes out as one plain message with its expectation and its id', async () => {
    const { appender, sent } = opened([acked(8)]);
    const one = append('a', { expected: 5 });
    expect(await appender.append(one)).toEqual({ first: 8 });
    expect(sent).toHaveLength(1);
    const [{ subject, headers, body }] = sent as [Sent];
    expect(subject).toBe('evt.lamp.a');
    expect(headers.get('Nats-Expected-Last-Subject-Sequence')).toBe('5');
    expect(headers.get('Nats-Msg-Id')).toBe(one.events[0]!.event_id);
    expect(headers.get('Nats-Batch-Id')).toBeUndefined();
    expect(headers.get('Stele-Hash')).toBe(one.events[0]!.hash);
    expect(body).toEqual(one.events[0]!.data);
    expect(appender.stats).toEqual({
      batches: 0,
      singles: 1,
      messages: 1,
      refusedBatches: 0,
      uncertain: 0,
    });
  });

  it('of several messages goes out as one batch, each first of its subject with its expectation', async () => {
    const { appender, sent } = opened([acked(12, 4)]);
    const one = append('a', {
      expected: 5,
      events: chain('a', 2),
      claims: [claim('k', 3), claim('l')],
    });
    expect(await appender.append(one)).toEqual({ first: 9 });
    expect(sent.map(({ subject }) => subject)).toEqual([
      'evt.lamp.a',
      'evt.lamp.a',
      'claim.lamp.name.k',
      'claim.lamp.name.l',
    ]);
    const header = (name: string) => sent.map(({ headers }) => headers.get(name));
    expect(header('Nats-Expected-Last-Subject-Sequence')).toEqual(['5', undefined, '3', '0']);
    expect(header('Nats-Batch-Sequence')).toEqual(['1', '2', '3', '4']);
    expect(header('Nats-Batch-Commit')).toEqual([undefined, undefined, undefined, '1']);
    expect(new Set(header('Nats-Batch-Id')).size).toBe(1);
    expect(header('Nats-Msg-Id')).toEqual([
      one.events[0]!.event_id,
      one.events[1]!.event_id,
      undefined,
      undefined,
    ]);
    expect(sent[2]!.body).toEqual({ holder: 'a', label: 'name/k', by: 'a' });
    expect(appender.stats).toMatchObject({ batches: 1, singles: 0, messages: 4 });
  });

  it.each([10_071, 10_164])(
    'that was refused with %i, never sent before, conflicts for good',
    async (code) => {
      const { appender, find } = opened([refused(code)]);
      expect(await appender.append(append('a'))).toEqual({ conflict: true });
      expect(find).not.toHaveBeenCalled();
      expect(appender.meters.conflicts).toBe(1);
    },
  );

  it('that was refused for any other reason was not written, and says why', async () => {
    const { appender } = opened([refused(10_077)]);
    await expect(appender.append(append('a'))).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: 'the event store refused to write: error 10077 (10077)',
    });
  });

  it('says how long the server took, and how many messages went out together', async () => {
    const { appender } = opened([acked(1)]);
    const begun = performance.now();
    await appender.append(append('a'));
    expect(appender.meters.seconds.count).toBe(1);
    expect(appender.meters.seconds.sum).toBeGreaterThan(0);
    expect(appender.meters.seconds.sum).toBeLessThanOrEqual((performance.now() - begun) / 1_000);
    expect(appender.meters.messages.sum).toBe(1);
    expect(appender.meters.conflicts).toBe(0);
  });

  it('is under way until it was answered', async () => {
    const { appender } = opened([acked(1)]);
    const result = appender.append(append('a'));
    await appender.idle();
    expect(await Promise.race([result, 'not yet'])).toEqual({ first: 1 });
  });
});

const DOUBTS: readonly (readonly [string, Answer])[] = [
  ['no answer came', silence],
  ['the connection broke', new Error('closed')],
  ['nobody leads the stream', ''],
  ['the answer cannot be read', '-ERR gateway'],
  ['the answer has no place', {}],
  ['the server knows its id', { seq: 3, duplicate: true }],
  ['JetStream is not there', refused(10_999, 503)],
  ...[10_176, 10_201, 10_158, 10_210, 10_008, 10_009, 10_039].map(
    (code) => [`it was answered with ${code}`, refused(code)] as const,
  ),
];

describe('an append in doubt', () => {
  it.each(DOUBTS)('because %s is looked for, and there', async (_, answer) => {
    const { appender, requests, find } = opened([answer], [{ first: 7 }]);
    expect(await appender.append(append('a'))).toEqual({ first: 7 });
    expect([requests.length, find.mock.calls.length]).toEqual([1, 1]);
    expect(appender.stats.uncertain).toBe(1);
  });

  it.each(DOUBTS)(
    'because %s is looked for, and kept out by another for good',
    async (_, answer) => {
      const { appender, requests } = opened([answer], [{ conflict: true }]);
      expect(await appender.append(append('a'))).toEqual({ conflict: true });
      expect(requests).toHaveLength(1);
    },
  );

  it('is sent again when it is absent, without ids: the expectation alone decides', async () => {
    const { appender, sent, find } = opened([silence, acked(4)], ['absent']);
    expect(await appender.append(append('a', { expected: 3 }))).toEqual({ first: 4 });
    expect(sent.map(({ headers }) => headers.get('Nats-Msg-Id') !== undefined)).toEqual([
      true,
      false,
    ]);
    expect(sent[1]!.headers.get('Nats-Expected-Last-Subject-Sequence')).toBe('3');
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('that conflicts while it is absent may still be under way: only the log ends the doubt', async () => {
    const { appender, requests } = opened(
      [silence, refused(10_164)],
      ['absent', 'absent', 'absent', 'absent', { first: 9 }],
    );
    expect(await appender.append(append('a'))).toEqual({ first: 9 });
    expect(requests).toHaveLength(3);
  });

  it('that conflicts, and is there when looked for again, was written', async () => {
    const { appender, find } = opened([silence, refused(10_071)], ['absent', { first: 9 }]);
    expect(await appender.append(append('a'))).toEqual({ first: 9 });
    expect(find).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['a conflict', refused(10_071)],
    ['a refusal', refused(10_077)],
    ['no answer', silence],
  ])(
    'is unknown in the end when %s is all that comes of it, never "not written"',
    async (_, answer) => {
      const { appender, requests } = opened([silence, answer], ['absent']);
      const result = ended(appender.append(append('a')));
      expect(await result).toBe('OUTCOME_UNKNOWN');
      expect(requests.length).toBeGreaterThan(2);
      expect(requests.length).toBeLessThan(12);
    },
  );

  it('is looked for as long as looking fails, and not sent again meanwhile', async () => {
    const { appender, requests, find } = opened([silence], [silence, silence, { first: 2 }]);
    expect(await appender.append(append('a'))).toEqual({ first: 2 });
    expect([requests.length, find.mock.calls.length]).toEqual([1, 3]);
  });

  it('is told in time', async () => {
    const { appender } = opened([silence], ['absent']);
    const begun = performance.now();
    await expect(appender.append(append('a'))).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message:
        'the event store did not say in time whether the command was written; send it again with the same command_id',
    });
    expect(performance.now() - begun).toBeGreaterThan(RESOLVE_WITHIN_MS);
  });
});

describe('appends that wait together', () => {
  const crowd = (appender: Appender, count: number) =>
    Array.from({ length: count }, (_, n) => appender.append(append(`l${n}`)));

  it('go out as one batch, and each is told where it begins', async () => {
    const { appender, requests, sent } = opened([acked(6, 6)]);
    const results = ['a', 'b', 'c'].map((id) =>
      appender.append(append(id, { events: chain(id, 2) })),
    );
    expect(await Promise.all(results)).toEqual([{ first: 1 }, { first: 3 }, { first: 5 }]);
    expect([requests.length, sent.length]).toEqual([1, 6]);
    expect(sent.every(({ headers }) => headers.has('Nats-Msg-Id'))).toBe(true);
    expect(appender.waiting).toBe(0);
  });

  it('go out one by one where batches do not pay', async () => {
    const { appender, requests } = opened([acked(1)], [], { inFlight: 4, from: 10 });
    await Promise.all(crowd(appender, 3));
    expect(requests.map(({ headers }) => headers.get('Nats-Batch-Id'))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are taken apart when the batch is refused, and only the guilty one conflicts', async () => {
    const { appender, requests } = opened([refused(10_071), acked(1), refused(10_071), acked(2)]);
    expect(await Promise.all(crowd(appender, 3))).toEqual([
      { first: 1 },
      { conflict: true },
      { first: 2 },
    ]);
    expect(requests).toHaveLength(4);
    expect(requests.slice(1).every(({ headers }) => headers.has('Nats-Msg-Id'))).toBe(true);
    expect(appender.stats.refusedBatches).toBe(1);
  });

  it('are taken apart in halves when they are many', async () => {
    const { appender, requests } = opened([refused(10_071), acked(4, 4), acked(8, 4)]);
    const results = await Promise.all(crowd(appender, 8));
    expect(results).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((first) => ({ first })));
    expect(requests).toHaveLength(3);
  });

  it('are looked for one by one when the batch is in doubt', async () => {
    const { appender, requests, find } = opened([silence], [{ first: 1 }, { conflict: true }]);
    expect(await Promise.all(crowd(appender, 2))).toEqual([{ first: 1 }, { conflict: true }]);
    expect([requests.length, find.mock.calls.length]).toEqual([1, 2]);
    expect(appender.stats).toMatchObject({ refusedBatches: 0, uncertain: 1 });
  });

  it('never share a batch when they write one subject, and keep their order', async () => {
    const { appender, requests, sent } = opened([acked(2, 2), acked(3)]);
    const results = [
      appender.append(append('a')),
      appender.append(append('a', { expected: 1, events: chain('a', 1, { from: 2 }) })),
      appender.append(append('b')),
    ];
    expect(await Promise.all(results)).toEqual([{ first: 1 }, { first: 3 }, { first: 2 }]);
    expect(sent.map(({ subject }) => subject)).toEqual(['evt.lamp.a', 'evt.lamp.b', 'evt.lamp.a']);
    expect(requests).toHaveLength(2);
  });

  it('never share a batch when they write one claim', async () => {
    const { appender, requests } = opened([acked(2, 2), acked(4, 2)]);
    await Promise.all([
      appender.append(append('a', { claims: [claim('k')] })),
      appender.append(append('b', { claims: [claim('k')] })),
    ]);
    expect(requests).toHaveLength(2);
  });

  it('fill a batch and no more, except for one that is larger by itself', async () => {
    const { appender, sent } = opened([acked(BATCH_MESSAGES_MAX, BATCH_MESSAGES_MAX), acked(1, 2)]);
    await Promise.all(crowd(appender, BATCH_MESSAGES_MAX + 2));
    const batches = new Map<string | undefined, Sent[]>();
    for (const one of sent) {
      const id = one.headers.get('Nats-Batch-Id');
      batches.set(id, [...(batches.get(id) ?? []), one]);
    }
    expect([...batches.values()].map(({ length }) => length)).toEqual([BATCH_MESSAGES_MAX, 2]);
    const large = opened([acked(APPEND_MESSAGES_MAX, APPEND_MESSAGES_MAX)]);
    const one = append('a', { events: chain('a', APPEND_MESSAGES_MAX) });
    expect(await large.appender.append(one)).toEqual({ first: 1 });
  });

  it('are so many under way as may be, and the others wait', async () => {
    let answer = (_: Answer): void => {};
    const first = new Promise<Answer>((resolve) => {
      answer = resolve;
    });
    const requests: string[] = [];
    const mux = {
      send: () => {},
      request: async (subject: string) => {
        requests.push(subject);
        const text = JSON.stringify(await first);
        return { data: Buffer.from(text) } as unknown as Msg;
      },
    } as unknown as Mux;
    const batching = { inFlight: 2, from: 2 };
    const find = async () => 'absent' as const;
    const appender = new Appender({ mux, batching, maxPayload: () => 1e6, find });
    const results = [appender.append(append('a'))];
    await new Promise(setImmediate);
    results.push(appender.append(append('b')));
    await new Promise(setImmediate);
    results.push(appender.append(append('c')));
    await new Promise(setImmediate);
    expect([requests, appender.waiting]).toEqual([['evt.lamp.a', 'evt.lamp.b'], 1]);
    let idle = false;
    void appender.idle().then(() => {
      idle = true;
    });
    answer(acked(1));
    await Promise.all(results);
    await pause(20);
    expect([requests.length, appender.waiting, idle]).toEqual([3, 0, true]);
  });
});

/** A doubt does not end by itself: what is told in spite of it is told at once. */
const NEVER = { resolveWithinMs: 10 * PATIENCE_MS };

describe('a store that is full', () => {
  const ALONE: Batching = { inFlight: 1, from: 2 };
  const full = (err_code: number, description: string): Answer => ({
    error: { code: 503, err_code, description },
  });
  const NO_ROOM = full(10_023, 'insufficient resources');
  const once = { replicated: false };

  it.each([
    [10_023, 'insufficient resources'],
    [10_047, 'insufficient storage resources available'],
    [10_002, 'resource limits exceeded for account'],
    [10_077, 'maximum bytes exceeded'],
    [10_077, 'maximum messages exceeded'],
  ])(
    'and says %i, %s, has not written what was alone, and the caller is told why',
    async (code, said) => {
      const { appender, requests } = opened([full(code, said)], ['absent'], ALONE, once);
      await expect(appender.append(append('a'))).rejects.toMatchObject({
        code: 'STORE_FULL',
        message: `the event store has no room: ${said} (${code}); nothing was written`,
      });
      expect(requests).toHaveLength(1);
    },
  );

  it('is not what another refusal means that speaks of a limit', async () => {
    const answer = {
      error: { code: 400, err_code: 10_999, description: 'maximum bytes exceeded' },
    };
    const { appender } = opened([answer], ['absent'], ALONE, once);
    expect(await ended(appender.append(append('a')))).toBe('STORE_REFUSED');
  });

  it('has several copies unless it is said to have one', async () => {
    const { appender } = opened([NO_ROOM], [{ first: 3 }]);
    expect(await appender.append(append('a'))).toEqual({ first: 3 });
  });

  it.each([
    ['a batch, of which the first may be there', append('a', { events: chain('a', 2) }), false],
    ['several copies, of which one may have it', append('a'), true],
  ])(
    'is looked into of %s, and the caller told at once what is known',
    async (_, one, replicated) => {
      const there = opened([NO_ROOM], [{ first: 3 }], ALONE, { replicated });
      expect(await there.appender.append(one)).toEqual({ first: 3 });
      const { appender } = opened([NO_ROOM], ['absent'], ALONE, { replicated, ...NEVER });
      await expect(appender.append(one)).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message:
          'the event store did not say whether the command was written (the event store has no room: insufficient resources (10023)); send it again with the same command_id',
      });
    },
  );

  it('is asked by one at a time; the others are told, unsent', async () => {
    const { appender, requests } = opened([NO_ROOM, NO_ROOM, acked(1)], ['absent'], ALONE, once);
    expect(await ended(appender.append(append('a')))).toBe('STORE_FULL');
    await appender.idle();
    const crowd = ['b', 'c', 'd'].map((id) => ended(appender.append(append(id))));
    expect(await Promise.all(crowd)).toEqual(['STORE_FULL', 'STORE_FULL', 'STORE_FULL']);
    expect(requests).toHaveLength(2);
    expect(appender.trouble.why?.code).toBe('STORE_FULL');
    await appender.idle();
    expect(await appender.append(append('e'))).toEqual({ first: 1 });
    expect(appender.trouble.why).toBeUndefined();
  });

  it('is sent nothing while the gate is shut, also what waited before', async () => {
    const gate = new WriteGate();
    const { appender, sent } = opened([acked(1)], [], ALONE, { gate });
    const waiting = ended(appender.append(append('a')));
    gate.shut('room', { code: 'STORE_FULL', message: 'full' });
    expect([await waiting, await ended(appender.append(append('b')))]).toEqual([
      'STORE_FULL',
      'STORE_FULL',
    ]);
    expect(sent).toEqual([]);
    gate.open('room');
    expect(await appender.append(append('c'))).toEqual({ first: 1 });
  });

  it('never makes "not written" of what was sent before the gate was shut', async () => {
    const gate = new WriteGate();
    const { appender } = opened([silence], ['absent'], ALONE, { gate });
    const result = ended(appender.append(append('a')));
    await new Promise(setImmediate);
    gate.shut('room', { code: 'STORE_FULL', message: 'full' });
    expect(await result).toBe('OUTCOME_UNKNOWN');
  });

  it('does not send again what a batch was taken apart for', async () => {
    const gate = new WriteGate();
    const shutting = () => {
      gate.shut('room', { code: 'STORE_FULL', message: 'full' });
      return refused(10_071);
    };
    const { appender, requests } = opened([shutting], [], ALONE, { gate });
    const crowd = ['a', 'b'].map((id) => ended(appender.append(append(id))));
    expect(await Promise.all(crowd)).toEqual(['STORE_FULL', 'STORE_FULL']);
    expect(requests).toHaveLength(1);
  });
});

describe('trouble with a stream', () => {
  it('is told at once to all but the one who finds out', async () => {
    const { appender, requests } = opened([acked(1)], [], { inFlight: 1, from: 2 });
    appender.trouble.note('STORE_FULL', 'full');
    const waiting = ['a', 'b', 'c'].map((id) => ended(appender.append(append(id))));
    expect(await Promise.all(waiting)).toEqual([{ first: 1 }, 'STORE_FULL', 'STORE_FULL']);
    expect(requests).toHaveLength(1);
    expect(appender.trouble.why).toBeUndefined();
  });

  it('is found out by one that is under way already, if there is one', async () => {
    let answer = (_: Said): void => {};
    const later = new Promise<Said>((resolve) => {
      answer = resolve;
    });
    const { appender, requests } = opened([later], [], { inFlight: 2, from: 2 });
    const first = ended(appender.append(append('a')));
    await new Promise(setImmediate);
    appender.trouble.note('STORE_FULL', 'full');
    expect(await ended(appender.append(append('b')))).toBe('STORE_FULL');
    answer(acked(1));
    expect([await first, requests.length]).toEqual([{ first: 1 }, 1]);
  });

  it('is not over because somebody else was there before', async () => {
    const { appender } = opened([refused(10_071)]);
    appender.trouble.note('STORE_FULL', 'full');
    expect(await appender.append(append('a'))).toEqual({ conflict: true });
    expect(appender.trouble.why?.code).toBe('STORE_FULL');
  });
});

describe('a stream that answers no more writes', () => {
  const unanswered = new Unanswered('no answer in time', { silent: true });
  const stuck = (isMended: boolean) => async () => ({ why: 'it is stuck', isMended });
  const ALONE: Batching = { inFlight: 1, from: 2 };

  it('is not waited for: unknown at once, and the next one unsent', async () => {
    const more = { stuck: stuck(false), ...NEVER };
    const { appender, requests } = opened([unanswered], ['absent'], ALONE, more);
    await expect(appender.append(append('a'))).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('(it is stuck)'),
    });
    await appender.idle();
    const crowd = ['b', 'c'].map((id) => ended(appender.append(append(id))));
    expect(await Promise.all(crowd)).toEqual(['OUTCOME_UNKNOWN', 'STORE_UNAVAILABLE']);
    expect(requests).toHaveLength(2);
  });

  it('is waited for while it is mended', async () => {
    const more = { stuck: stuck(true) };
    const { appender } = opened([unanswered, acked(2)], ['absent'], ALONE, more);
    expect(await appender.append(append('a'))).toEqual({ first: 2 });
  });

  it.each([
    ['a connection broke', [silence]],
    ['nobody leads it, silent before or not', [unanswered, '', '']],
  ])('is not suspected because %s', async (_, answers) => {
    const asked = vi.fn(async () => undefined);
    const { appender } = opened([...answers, acked(2)], ['absent'], ALONE, { stuck: asked });
    expect(await appender.append(append('a'))).toEqual({ first: 2 });
    expect(asked).toHaveBeenCalledTimes(answers.includes(unanswered) ? 1 : 0);
  });

  it('is waited for where nobody can say what is the matter', async () => {
    const { appender } = opened([unanswered, acked(2)], ['absent']);
    expect(await appender.append(append('a'))).toEqual({ first: 2 });
  });
});

describe('appends that wait while the store is away', () => {
  it('are told so in time, and not sent any more: none waits for all who were before', async () => {
    const { appender, requests } = opened([silence], ['absent']);
    const one = append('a');
    // One subject, so that each needs a batch of its own.
    const results = Array.from({ length: 40 }, () => ended(appender.append(one)));
    const codes = await Promise.all(results);
    expect(codes[0]).toBe('OUTCOME_UNKNOWN');
    expect(new Set(codes.slice(5))).toEqual(new Set(['STORE_UNAVAILABLE']));
    const sent = requests.length;
    await pause(RESOLVE_WITHIN_MS);
    expect([requests.length, appender.waiting]).toEqual([sent, 0]);
  });
});

describe('appends that were decided on a log of which a part was given up since', () => {
  it('are not sent', async () => {
    const gate = new WriteGate();
    const { appender, requests } = opened([acked(1)], ['absent'], undefined, { gate });
    const late = ended(appender.append(append('a')));
    gate.era++;
    const fresh = appender.append(append('b'));
    expect(await late).toBe('STORE_UNAVAILABLE');
    expect(await fresh).toEqual({ first: 1 });
    expect(requests.map(({ subject }) => subject)).toEqual(['evt.lamp.b']);
  });

  it('are not sent again: they are there, or nobody knows', async () => {
    const gate = new WriteGate();
    const { appender, requests } = opened([silence], ['absent'], undefined, { gate });
    const sent = ended(appender.append(append('a')));
    await pause(5);
    gate.era++;
    expect(await sent).toBe('OUTCOME_UNKNOWN');
    expect(requests).toHaveLength(1);
  });

  it('are not sent again while nobody knows whether it is the log that it was', async () => {
    const gate = new WriteGate();
    const { appender, requests } = opened([silence, acked(2)], ['absent'], undefined, { gate });
    const sent = appender.append(append('a'));
    await pause(5);
    gate.shut('log', { code: 'STORE_UNAVAILABLE', message: 'not known' });
    await pause(RESOLVE_WITHIN_MS / 3);
    expect(requests).toHaveLength(1);
    gate.open('log');
    expect(await sent).toEqual({ first: 2 });
  });
});

describe('appends that wait longer than an outcome may take', () => {
  it('are not sent any more, also while the store takes the others', async () => {
    const slowly = async (): Promise<Said> => {
      await pause(RESOLVE_WITHIN_MS / 2);
      return acked(1);
    };
    const { appender, requests } = opened([slowly]);
    const one = append('a'); // one subject, so that each needs a batch of its own
    const codes = await Promise.all(
      Array.from({ length: 6 }, () => ended(appender.append(one).then(() => 'written'))),
    );
    const written = codes.filter((code) => code === 'written').length;
    expect([written, requests.length]).toEqual([requests.length, written]);
    expect(written).toBeGreaterThan(0);
    expect(codes.slice(written)).toEqual(Array(6 - written).fill('STORE_UNAVAILABLE'));
    expect(codes.slice(written)).not.toEqual([]);
    expect(await appender.append(one)).toEqual({ first: 1 });
  });
});

describe('an append that is never sent', () => {
  it('is one of too many messages', async () => {
    const { appender, sent } = opened([acked(1)]);
    const one = append('a', { events: chain('a', APPEND_MESSAGES_MAX + 1) });
    await expect(appender.append(one)).rejects.toMatchObject({
      code: 'APPEND_TOO_LARGE',
      message: 'one command may write 900 messages, not 901',
    });
    expect(sent).toEqual([]);
  });

  it('is one with an event that is larger than the server takes', async () => {
    const { appender, sent } = opened([acked(1)]);
    const large = append('a', { events: chain('a', 1, { data: { text: 'x'.repeat(1_000_000) } }) });
    await expect(appender.append(large)).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    const fits = append('a', { events: chain('a', 1, { data: { text: 'x'.repeat(990_000) } }) });
    expect(await appender.append(fits)).toEqual({ first: 1 });
    expect(sent).toHaveLength(1);
  });

  it('is measured by its largest event, in no fewer bytes than are sent', async () => {
    const some = append('a', { events: chain('a', 2, { data: { text: 'x'.repeat(999) } }) });
    const one = { ...some, claims: [claim('small')] };
    const within = (max: number) => opened([acked(3, 3)], [], undefined, { maxPayload: () => max });
    const { message } = (await within(0)
      .appender.append(one)
      .catch((fault: Error) => fault)) as Error;
    const bytes = Number(/of (\d+) bytes/.exec(message)?.[1]);
    expect(await ended(within(bytes + 199).appender.append(one))).toBe('EVENT_TOO_LARGE');
    const { appender, sent } = within(bytes + 200);
    expect(await appender.append(one)).toEqual({ first: 1 });
    for (const message of sent) expect(message.bytes).toBeLessThanOrEqual(bytes + 200);
  });

  it('is one more than may wait', async () => {
    const { appender } = opened([acked(1)]);
    const one = append('a');
    const results = Array.from({ length: QUEUE_MAX + 1 }, () => ended(appender.append(one)));
    expect(await results.at(-1)).toBe('APPEND_QUEUE_FULL');
    expect(appender.waiting).toBe(QUEUE_MAX);
  });
});

describe('how appends go out', () => {
  it('depends on the copies of a stream', () => {
    expect(batchingFor(1)).toEqual({ inFlight: 2, from: 2 });
    expect(batchingFor(3)).toEqual({ inFlight: 8, from: 2 });
  });
});
