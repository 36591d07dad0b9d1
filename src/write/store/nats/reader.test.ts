import type { Msg } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { chain, KIND } from '../../../../test/support/events.js';
import type { Append, LogEntry } from '../event-log.js';
import { Holes } from '../holes.js';
import { eventHeaders } from './headers.js';
import type { Mux } from './mux.js';
import { LONG_GETS_AT_ONCE, Reader } from './reader.js';

/*
 * What the reader makes of every answer that a server may give. That servers do give them is for
 * the contract of the store and the tests of clusters.
 */

type Stored = {
  readonly seq: number;
  readonly subject: string;
  readonly hdrs?: string;
  readonly data?: string;
};
const EVENTS = chain('a', 4);
const storedEvent = (seq: number, index: number): Stored => ({
  seq,
  subject: 'evt.lamp.a',
  hdrs: `NATS/1.0\r\n${eventHeaders(EVENTS[index]!)}\r\n`,
  data: JSON.stringify(EVENTS[index]!.data),
});
const storedClaim = (seq: number, holder: string | null): Stored => ({
  seq,
  subject: 'claim.lamp.name.k',
  data: JSON.stringify({ holder, label: 'k', by: 'a' }),
});

const replyOf = (text: string): Msg => ({ data: Buffer.from(text) }) as unknown as Msg;

/** A message as the client hands it out: its header block is read from the raw bytes. */
const msgOf = (lines: Readonly<Record<string, string | number>>, data = '', status = ''): Msg => {
  const named = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  const block = Buffer.from(`NATS/1.0${status && ` ${status}`}\r\n${named.join('')}\r\n`);
  const msg = { _msg: { hdr: block.length }, _rdata: block, data: Buffer.from(data) };
  return msg as unknown as Msg;
};
const end = (pending: number): Msg => msgOf({ 'Nats-Num-Pending': pending }, '', '204 EOB');
const nothing = msgOf({}, '', '404 Message Not Found');

type World = {
  /** What the leader has. */
  readonly stored: readonly Stored[];
  /** What copies show, one answer after the other; by default all there is. */
  readonly copies?: readonly (readonly Msg[])[];
  /** Answers that may have so many bytes are cut before the last event. */
  readonly cutAt?: number;
};
const direct = (
  { seq, subject, hdrs = '', data }: Stored,
  before: number,
  more: Readonly<Record<string, string | number>> = {},
): Msg => {
  const lines: Record<string, string | number> = {
    'Nats-Subject': subject,
    'Nats-Sequence': seq,
    'Nats-Last-Sequence': before,
    ...more,
  };
  for (const line of hdrs.split('\r\n').slice(1)) {
    const [name, ...value] = line.split(': ');
    if (name) lines[name] = value.join(': ');
  }
  return msgOf(lines, data ?? '');
};
const answerOf = (found: readonly Stored[], pending = 0): Msg[] =>
  found.length === 0
    ? [nothing]
    : [...found.map((one, index) => direct(one, found[index - 1]?.seq ?? 0)), end(pending)];

const open = ({ stored, copies, cutAt }: World) => {
  const most = { short: 0, long: 0 };
  const now = { short: 0, long: 0 };
  const asked: { subject: string; query: Record<string, unknown> }[] = [];
  const matches = (one: Stored, subject: unknown) => subject === '>' || one.subject === subject;
  let next = 0;
  const mux = {
    request: async (subject: string, _: unknown, payload: Uint8Array): Promise<Msg> => {
      const query = payload.length === 0 ? {} : JSON.parse(Buffer.from(payload).toString());
      asked.push({ subject, query });
      const reply = (answer: object) =>
        ({
          data: Buffer.from(JSON.stringify(answer)),
          json: () => answer,
        }) as unknown as Msg;
      if (subject.startsWith('$JS.API.STREAM.INFO.'))
        return reply({
          created: '2026-01-06T10:00:00Z',
          state: {
            messages: stored.length,
            first_seq: 1,
            last_seq: stored.at(-1)?.seq ?? 0,
            last_ts: '2026-01-06T10:00:00Z',
          },
        });
      const found =
        'last_by_subj' in query
          ? stored.findLast((one) => matches(one, query.last_by_subj))
          : stored.find((one) => one.seq >= query.seq && matches(one, query.next_by_subj));
      const base64 = (text?: string) => text && Buffer.from(text).toString('base64');
      return reply(
        found
          ? { message: { ...found, hdrs: base64(found.hdrs), data: base64(found.data) } }
          : { error: { code: 404, err_code: 10_037, description: 'no message found' } },
      );
    },
    collect: async (subject: string, payload: Uint8Array, take: (msg: Msg) => boolean) => {
      const query = JSON.parse(Buffer.from(payload).toString());
      asked.push({ subject, query });
      const found = stored.filter(
        (one) => one.seq >= query.seq && matches(one, query.next_by_subj),
      );
      const size = query.max_bytes === 256 * 1024 ? 'short' : 'long';
      most[size] = Math.max(most[size], ++now[size]);
      await Promise.resolve();
      now[size]--;
      const isCut = query.max_bytes === cutAt;
      const shown = isCut ? answerOf(found.slice(0, -1), 1) : answerOf(found.slice(0, query.batch));
      for (const msg of copies?.[next++] ?? shown) if (take(msg)) return;
    },
  } as unknown as Mux;
  const holes = new Holes();
  return { reader: new Reader(mux, holes), holes, asked, most };
};
const versions = (events: readonly { aggregate_version: number }[]) =>
  events.map(({ aggregate_version }) => aggregate_version);
const all = async (items: AsyncIterable<LogEntry>): Promise<LogEntry[]> => {
  const found: LogEntry[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('the events of one aggregate', () => {
  const stored = [storedEvent(3, 0), storedEvent(5, 1), storedEvent(8, 2)];

  it('are read from a copy, and end where the leader says', async () => {
    const { reader, asked } = open({ stored });
    expect(await reader.read(KIND, 'a', 0)).toEqual(
      stored.map(({ seq }, index) => ({ ...EVENTS[index], sequence: seq })),
    );
    expect(asked.map(({ subject }) => subject)).toEqual([
      '$JS.API.STREAM.MSG.GET.EVT_LAMP',
      '$JS.API.DIRECT.GET.EVT_LAMP',
    ]);
    expect(asked[1]!.query).toEqual({
      seq: 1,
      next_by_subj: 'evt.lamp.a',
      batch: 1_000,
      max_bytes: 256 * 1024,
    });
  });

  it('are at first asked for as far as they are short, then the rest, of which few are read at once', async () => {
    const { reader, asked, most } = open({ stored, cutAt: 256 * 1024 });
    const reads = Array.from({ length: 3 * LONG_GETS_AT_ONCE }, () => reader.read(KIND, 'a', 1, 3));
    for (const events of await Promise.all(reads)) expect(versions(events)).toEqual([1, 2, 3]);
    expect(asked.map(({ query }) => [query.seq, query.batch, query.max_bytes])).toContainEqual([
      6,
      1,
      8 * 1024 * 1024,
    ]);
    expect(most).toEqual({ short: 3 * LONG_GETS_AT_ONCE, long: LONG_GETS_AT_ONCE });
  });

  it('are asked of the leader alone when there is nothing new', async () => {
    const { reader, asked } = open({ stored });
    expect(await reader.read(KIND, 'a', 9)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('come from the leader as far as a copy lacks them', async () => {
    const { reader } = open({ stored, copies: [answerOf(stored.slice(0, 1))] });
    expect(versions(await reader.read(KIND, 'a', 1))).toEqual([1, 2, 3]);
  });

  it('go on where an answer was cut short', async () => {
    const { reader } = open({ stored, copies: [answerOf(stored.slice(0, 2), 1)] });
    expect(versions(await reader.read(KIND, 'a', 1))).toEqual([1, 2, 3]);
  });

  it('are refused when a part of an answer was lost on its way', async () => {
    const lost = [direct(stored[0]!, 0), direct(stored[2]!, 5), end(0)];
    const { reader } = open({ stored, copies: [lost] });
    await expect(reader.read(KIND, 'a', 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it.each([
    ['nobody serves the stream', msgOf({}, '', '503 No Responders')],
    ['the request is refused', msgOf({}, '', '408 Bad Request')],
    ['the answer says nothing', msgOf({})],
  ])('are refused when %s', async (_, msg) => {
    const { reader } = open({ stored, copies: [[msg]] });
    await expect(reader.read(KIND, 'a', 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('are broken when another message stands among them', async () => {
    const { reader } = open({ stored: [{ ...storedEvent(3, 0), hdrs: 'NATS/1.0\r\n\r\n' }] });
    await expect(reader.read(KIND, 'a', 1)).rejects.toMatchObject({
      code: 'HISTORY_BROKEN',
      message:
        'message 3 on evt.lamp.a is no event of this aggregate (message 3 carries no Stele-Event-Id header); run "stele doctor"',
    });
    const other = open({ stored: [{ ...storedEvent(3, 0), subject: 'evt.lamp.b' }] });
    await expect(other.reader.read(KIND, 'b', 1)).rejects.toMatchObject({
      code: 'HISTORY_BROKEN',
      message: expect.stringContaining('it belongs to another aggregate'),
    });
  });

  it('are told with what stands among them to whoever goes on behind it', async () => {
    const foreign = { ...storedEvent(3, 0), hdrs: 'NATS/1.0\r\n\r\n' };
    const { reader } = open({ stored: [storedEvent(2, 0), foreign, storedEvent(5, 1)] });
    expect(await reader.entries(KIND, 'a', 1)).toEqual([
      { sequence: 2, event: { ...EVENTS[0], sequence: 2 } },
      { sequence: 3, unreadable: 'evt.lamp.a' },
      { sequence: 5, event: { ...EVENTS[1], sequence: 5 } },
    ]);
    expect(await reader.entries(KIND, 'a', 3, 1)).toMatchObject([{ sequence: 3 }]);
  });

  it('end where the leader has the last one, which is none at first', async () => {
    const { reader } = open({ stored });
    expect(await reader.head(KIND, 'a')).toBe(8);
    expect(await reader.head(KIND, 'b')).toBe(0);
  });
});

describe('what stands in the stream of a type', () => {
  it('is told as what it is, in order', async () => {
    const { reader } = open({
      stored: [
        storedEvent(1, 0),
        storedClaim(2, 'a'),
        { ...storedEvent(3, 1), subject: 'evt.lamp.b' },
      ],
    });
    expect(await all(reader.scan(KIND, 1))).toEqual([
      { sequence: 1, event: { ...EVENTS[0], sequence: 1 } },
      { sequence: 2, claim: { scope: 'name', key: 'k' } },
      { sequence: 3, unreadable: 'evt.lamp.b' },
    ]);
  });

  it('is broken where a sequence is missing', async () => {
    const { reader } = open({ stored: [storedEvent(1, 0), storedEvent(3, 1)] });
    await expect(all(reader.scan(KIND, 1))).rejects.toMatchObject({ code: 'HISTORY_BROKEN' });
    expect(await all(reader.scan(KIND, 1, 1))).toHaveLength(1);
  });
});

describe('claims', () => {
  it('are what the leader has: who holds them, and at which message', async () => {
    const { reader, asked } = open({ stored: [storedClaim(4, 'a'), storedClaim(9, null)] });
    const keys = [
      { scope: 'name', key: 'k' },
      { scope: 'name', key: 'never' },
    ];
    expect(await reader.claims(KIND, keys)).toEqual([
      { sequence: 9, holder: null },
      { sequence: 0, holder: null },
    ]);
    expect(asked.every(({ subject }) => subject === '$JS.API.STREAM.MSG.GET.EVT_LAMP')).toBe(true);
  });

  it('are not told where a later message is gone that may have been one', async () => {
    const { reader, holes } = open({ stored: [storedClaim(4, 'a')] });
    const held = { scope: 'name', key: 'k' };
    const lost = { sequence: 3, aggregate_id: null, event_type: null, isGivenUp: false };
    holes.put('lamp', lost);
    const told = [{ sequence: 4, holder: 'a' }];
    expect(await reader.claims(KIND, [held])).toEqual(told); // it was written after that
    await expect(reader.claims(KIND, [{ scope: 'name', key: 'never' }])).rejects.toMatchObject({
      code: 'HISTORY_BROKEN',
      message: expect.stringContaining('EVT_LAMP lost message 3'),
    });
    holes.put('lamp', { ...lost, sequence: 6 });
    await expect(reader.claims(KIND, [held])).rejects.toThrow('EVT_LAMP lost message 6');
    // An event, or what an operator decided to go on without.
    holes.put('lamp', { ...lost, sequence: 6, aggregate_id: 'b', event_type: 'LampLit' });
    expect(await reader.claims(KIND, [held])).toEqual(told);
    holes.put('lamp', { ...lost, sequence: 6, isGivenUp: true });
    expect(await reader.claims(KIND, [held])).toEqual(told);
  });
});

describe('where an append stands', () => {
  const claim = { scope: 'name', key: 'k', label: 'k', holder: 'a', expected: 4 };
  const append = (more: Partial<Append> = {}): Append => ({
    kind: KIND,
    aggregate_id: 'a',
    expected: 3,
    events: [EVENTS[1]!],
    claims: [],
    ...more,
  });

  it('is written, where its first event is', async () => {
    const stored = [storedEvent(3, 0), storedEvent(5, 1), storedEvent(6, 2)];
    expect(await open({ stored }).reader.find(append())).toEqual({ first: 5 });
  });

  it('is kept out for good where another node wrote the same first event, and not the rest', async () => {
    const two = append({ events: [EVENTS[1]!, EVENTS[2]!] });
    const alone = [storedEvent(3, 0), storedEvent(5, 1)];
    expect(await open({ stored: alone }).reader.find(two)).toEqual({ conflict: true });
    const other = [...alone, storedEvent(6, 3)];
    expect(await open({ stored: other }).reader.find(two)).toEqual({ conflict: true });
    const apart = [...alone, storedEvent(7, 2)];
    expect(await open({ stored: apart }).reader.find(two)).toEqual({ conflict: true });
    const whole = [...alone, storedEvent(6, 2), storedEvent(7, 3)];
    expect(await open({ stored: whole }).reader.find(two)).toEqual({ first: 5 });
  });

  it('is kept out for good by another event in its place', async () => {
    const stored = [storedEvent(3, 0), storedEvent(5, 2)];
    expect(await open({ stored }).reader.find(append())).toEqual({ conflict: true });
  });

  it('is kept out for good by a claim that another moved', async () => {
    const stored = [storedEvent(3, 0), storedClaim(4, 'a'), storedClaim(7, 'b')];
    const { reader } = open({ stored });
    expect(await reader.find(append({ claims: [claim] }))).toEqual({ conflict: true });
  });

  it('is absent where a leader of before still has an older claim', async () => {
    const { reader } = open({ stored: [storedClaim(2, null), storedEvent(3, 0)] });
    expect(await reader.find(append({ claims: [claim] }))).toBe('absent');
  });

  it('is written although its claim was moved: it moved it itself', async () => {
    const stored = [storedEvent(3, 0), storedClaim(4, 'a'), storedEvent(5, 1), storedClaim(6, 'a')];
    const { reader } = open({ stored });
    expect(await reader.find(append({ claims: [claim] }))).toEqual({ first: 5 });
  });

  it('is absent while nothing moved: it may still come', async () => {
    const stored = [storedEvent(3, 0), storedClaim(4, 'a')];
    const { reader } = open({ stored });
    expect(await reader.find(append({ claims: [claim] }))).toBe('absent');
    expect(await open({ stored: [] }).reader.find(append({ expected: 0 }))).toBe('absent');
  });
});

describe('whether JetStream answers', () => {
  it.each([
    ['yes, with anything', async () => replyOf('{}'), true],
    ['no, with nothing', async () => replyOf(''), false],
    ['no, with an error', () => Promise.reject(new Error('away')), false],
    ['no, with silence', () => new Promise<Msg>(() => {}), false],
  ])('%s', async (_, answer, wanted) => {
    const reader = new Reader({ request: answer } as unknown as Mux);
    expect(await reader.answers(10)).toBe(wanted);
  });
});

describe('an answer of the leader', () => {
  const replying = (text: string) =>
    new Reader({ request: async () => replyOf(text) } as unknown as Mux);

  it.each([
    ['', 'no responders'],
    ['{"error":{"err_code":10014,"description":"stream not found"}}', 'stream not found'],
    ['not JSON', 'unreadable answer'],
    ['{}', 'unreadable answer'],
  ])('that is %j is none', async (text, why) => {
    await expect(replying(text).head(KIND, 'a')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `the event store does not answer (${why})`,
    });
  });
});
