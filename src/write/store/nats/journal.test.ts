import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JOURNAL_SUBJECT } from '../../../core/subjects.js';
import type { JournalEntry } from '../command-journal.js';
import { WriteGate } from '../write-gate.js';
import { JOURNAL_WAITING_MAX, Journal } from './journal.js';
import { type Mux, Unanswered } from './mux.js';

const entry = (n: number, more: Partial<JournalEntry> = {}): JournalEntry => ({
  received_at: '2026-01-06T10:00:00.000Z',
  via: 'test',
  outcome: 'accepted',
  duration_ms: n,
  ...more,
});

/** What stands on the other side of the requests: takes messages, or does not. */
const opened = (options: ConstructorParameters<typeof Journal>[2] = {}) => {
  const messages: JournalEntry[][] = [];
  let answer = (): string => '{"stream":"JOURNAL","seq":1}';
  const request = vi.fn(async (_subject: string, _headers: Uint8Array, body: Uint8Array) => {
    const ack = answer();
    if (ack.includes('"seq"')) messages.push(JSON.parse(Buffer.from(body).toString()));
    return { data: Buffer.from(ack) };
  });
  const journal = new Journal({ request } as unknown as Mux, JOURNAL_SUBJECT, options);
  return {
    journal,
    request,
    messages,
    written: () => messages.flat().map(({ duration_ms }) => duration_ms),
    answering: (next: () => string) => {
      answer = next;
    },
  };
};
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the journal', () => {
  it('writes many entries as one message, a moment later', async () => {
    const { journal, request, messages, written } = opened();
    for (const n of numbers(100)) journal.add(entry(n));
    expect(request).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(request.mock.calls.map(([subject]) => subject)).toEqual([JOURNAL_SUBJECT]);
    expect(written()).toEqual(numbers(100));
    expect(messages[0]![7]).toEqual(entry(7));
  });

  it('fits what the server takes, also when that became less under what waits', async () => {
    let most = 8 * 1024 * 1024;
    const { journal, request, written, answering } = opened({ maxPayload: () => most });
    for (const n of numbers(200)) journal.add(entry(n, { message: 'ä'.repeat(500) }));
    answering(() => '{"error":{"code":503}}');
    await journal.flush();
    expect(request.mock.lastCall?.[2].length).toBeGreaterThan(200_000);
    most = 64 * 1024;
    request.mockClear();
    answering(() => '{"stream":"JOURNAL","seq":1}');
    await journal.flush();
    const sizes = request.mock.calls.map(([, headers, body]) => headers.length + body.length);
    expect(Math.max(...sizes)).toBeLessThan(most);
    expect(written()).toEqual(numbers(200));
  });

  it('knows that the server has no room for as long as it has none, and asks seldom', async () => {
    const { journal, request, written, answering } = opened();
    answering(
      () => '{"error":{"code":503,"err_code":10023,"description":"insufficient resources"}}',
    );
    journal.add(entry(1));
    await vi.advanceTimersByTimeAsync(5_000); // far more looks than a real second has
    expect(request).toHaveBeenCalledTimes(1);
    expect(journal.full).toContain('insufficient resources');
    answering(() => '{"stream":"JOURNAL","seq":1}');
    await journal.flush();
    expect(journal.full).toBeUndefined();
    expect(written()).toEqual([1]);
  });

  it.each([
    ['nobody takes the subject', ''],
    ['it is refused', '{"error":{"code":400,"err_code":10054}}'],
  ])('asks seldom while %s, and at once after a connection broke', async (_, refused) => {
    const { journal, request, written, answering } = opened();
    answering(() => refused);
    journal.add(entry(1));
    await vi.advanceTimersByTimeAsync(5_000); // far more looks than a real second has
    expect([request.mock.calls.length, journal.full]).toEqual([1, undefined]);
    answering(() => {
      throw new Unanswered('the connection is lost');
    });
    await journal.flush();
    answering(() => '{"seq":1}');
    await vi.advanceTimersByTimeAsync(100);
    expect(written()).toEqual([1]);
  });

  it('writes nothing when there is nothing', async () => {
    const { journal, request } = opened();
    await vi.advanceTimersByTimeAsync(1_000);
    await journal.close();
    expect(request).not.toHaveBeenCalled();
  });

  it('makes no message longer than a server takes', async () => {
    const { journal, request, written } = opened();
    for (const n of numbers(200)) journal.add(entry(n, { data: 'x'.repeat(10_000) }));
    await journal.flush();
    expect(request.mock.calls.length).toBeGreaterThan(1);
    for (const [, , body] of request.mock.calls) expect(body.length).toBeLessThan(300_000);
    expect(written()).toEqual(numbers(200));
  });

  it('holds so much at most for a server that is away, not only so many', async () => {
    const { journal, written, answering } = opened();
    answering(() => '');
    const data = 'x'.repeat(15_000);
    for (const n of numbers(4_000)) journal.add(entry(n, { data }));
    expect(journal.waiting).toBeLessThan((33 * 1024 * 1024) / 15_000);
    expect(journal.waiting).toBeGreaterThan((31 * 1024 * 1024) / 15_200);
    expect(journal.dropped).toBe(4_000 - journal.waiting);
    answering(() => '{"seq":1}');
    await journal.flush();
    expect(written().at(-1)).toBe(3_999);
    // What was written makes room again.
    const { dropped } = journal;
    for (const n of numbers(1_000)) journal.add(entry(n, { data }));
    expect(journal.dropped).toBe(dropped);
  });

  it('keeps of an entry that is too long everything but the data', async () => {
    const { journal, messages } = opened();
    const long = entry(1, { data: { text: 'x'.repeat(20_000) }, message: 'y'.repeat(5_000) });
    journal.add({ ...long, command_type: 'DimLamp' });
    journal.add(entry(2, { data: { text: 'x'.repeat(20_000) } }));
    await journal.flush();
    expect(messages[0]).toEqual([
      {
        ...long,
        command_type: 'DimLamp',
        data: expect.stringMatching(/^\[2\d{4} bytes, too long for the journal\]$/),
        message: 'y'.repeat(1_000),
      },
      { ...entry(2), data: expect.stringContaining('too long') },
    ]);
  });

  it.each([
    [
      'does not answer',
      () => {
        throw new Error('no answer in time');
      },
    ],
    ['answers with an error', () => '{"error":{"code":503}}'],
    ['answers with nothing', () => ''],
    ['answers with nonsense', () => '<html>'],
  ])('keeps what waits while the server %s, in order', async (_, failing: () => string) => {
    const { journal, answering, written } = opened();
    answering(failing);
    for (const n of numbers(3)) journal.add(entry(n));
    await journal.flush();
    for (const n of numbers(3, 3)) journal.add(entry(n));
    await vi.advanceTimersByTimeAsync(500);
    expect(written()).toEqual([]);
    answering(() => '{"seq":1}');
    await journal.flush();
    expect(written()).toEqual(numbers(6));
    expect(journal.dropped).toBe(0);
  });

  it('sends what was not acknowledged again as it was, under the same id: it is there once', async () => {
    const { journal, request, answering } = opened();
    answering(() => '');
    for (const n of numbers(3)) journal.add(entry(n));
    await journal.flush();
    for (const n of numbers(3, 3)) journal.add(entry(n));
    answering(() => '{"seq":1}');
    await journal.flush();
    const sent = request.mock.calls.map(([, headers, body]) => [
      /Nats-Msg-Id: (\S+)/.exec(Buffer.from(headers).toString())?.[1],
      JSON.parse(Buffer.from(body).toString()).length,
    ]);
    expect(sent).toEqual([
      [sent[0]![0], 3],
      [sent[0]![0], 3],
      [expect.any(String), 3],
    ]);
    expect(sent[2]![0]).not.toBe(sent[0]![0]);
  });

  it('drops the oldest that was never sent when too many wait, and counts them', async () => {
    const { journal, answering, written } = opened();
    answering(() => '');
    for (const n of numbers(JOURNAL_WAITING_MAX + 5)) journal.add(entry(n));
    expect(journal.dropped).toBe(5);
    await journal.flush();
    for (const n of numbers(2, JOURNAL_WAITING_MAX + 5)) journal.add(entry(n));
    expect(journal.dropped).toBe(7);
    answering(() => '{"seq":1}');
    await journal.flush();
    const all = written();
    expect(all).toHaveLength(JOURNAL_WAITING_MAX);
    expect([all[0], all.at(-1)]).toEqual([5, JOURNAL_WAITING_MAX + 6]);
  });

  it('waits while there is no room for events, and writes what waited once there is', async () => {
    const gate = new WriteGate();
    const { journal, request, written } = opened({ gate });
    gate.shut('room', { code: 'STORE_FULL', message: 'full' });
    for (const n of numbers(3)) journal.add(entry(n));
    await journal.flush();
    expect([request.mock.calls.length, journal.waiting]).toEqual([0, 3]);
    gate.open('room');
    // Commands are not taken for another reason: what becomes of them is written all the same.
    gate.shut('log', { code: 'LOG_TRUNCATED', message: 'short' });
    await journal.flush();
    expect([written(), journal.waiting]).toEqual([numbers(3), 0]);
  });

  it('tells of a server that had it and said nothing, not of a connection that broke', async () => {
    const onUnanswered = vi.fn();
    const { journal, answering } = opened({ onUnanswered });
    answering(() => {
      throw new Unanswered('closed');
    });
    journal.add(entry(1));
    await journal.flush();
    expect(onUnanswered).not.toHaveBeenCalled();
    answering(() => {
      throw new Unanswered('no answer in time', { silent: true });
    });
    await journal.flush();
    expect(onUnanswered).toHaveBeenCalledTimes(1);
  });

  it('knows where its last message stands, whatever order answers come in', async () => {
    const { journal, answering } = opened();
    expect(journal.head).toBe(0);
    for (const [seq, head] of [
      [7, 7],
      [5, 7],
      [8, 8],
    ]) {
      answering(() => JSON.stringify({ seq }));
      journal.add(entry(1));
      await journal.flush();
      expect(journal.head).toBe(head);
    }
  });

  it('counts what was sent and not acknowledged as waiting', async () => {
    const { journal, answering } = opened();
    answering(() => '');
    for (const n of numbers(3)) journal.add(entry(n));
    await journal.flush();
    for (const n of numbers(2)) journal.add(entry(n));
    expect(journal.waiting).toBe(5);
  });

  it('counts what it could not write before it closed as lost', async () => {
    const { journal, answering } = opened();
    answering(() => '');
    for (const n of numbers(10)) journal.add(entry(n));
    await journal.close();
    expect([journal.dropped, journal.waiting]).toEqual([10, 0]);
  });

  it('writes what waits when it closes, and stops its clock', async () => {
    const { journal, written } = opened();
    journal.add(entry(1));
    await journal.close();
    expect(written()).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
