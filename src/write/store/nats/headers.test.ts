import { headers, type Msg } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventRecord, seal } from '../../../core/event.js';
import {
  decodeEvent,
  eventHeaders,
  headerBlock,
  headersOf,
  parseHeaders,
  textOf,
} from './headers.js';

const event = (more: Partial<EventRecord> = {}): EventRecord =>
  seal({
    event_id: '8f14e45f-ceea-867f-a1b2-000000000001',
    event_type: 'LampDimmed',
    event_version: 2,
    aggregate_type: 'Lamp',
    aggregate_id: 'lamp-1',
    aggregate_version: 7,
    event_timestamp: '2026-01-06T10:00:00.000Z',
    actor: 'ada',
    actor_type: 'user',
    source: 'api',
    causation_id: '8f14e45f-ceea-467f-a1b2-000000000002',
    command_hash: 'c'.repeat(64),
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    effective_at: null,
    traceparent: null,
    data: { level: 3 },
    previous_hash: null,
    ...more,
  });
const through = (one: EventRecord) =>
  decodeEvent(
    parseHeaders(headerBlock(eventHeaders(one)).toString()),
    JSON.stringify(one.data),
    42,
  );

/** Any text but the ill-formed, which no command may hold. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(' ', '%', ':', '\r', '\n', '\t', '2', '0', 'é', '🦉') }),
  )
  .filter((one) => one !== '' && !one.includes('\0'));
const orNull = fc.option(text);

describe('an event in headers', () => {
  it('comes back as it was, whatever its texts hold', () => {
    const free = fc.record({
      actor: text,
      correlation_id: orNull,
      business_justification: orNull,
      approval_id: orNull,
    });
    fc.assert(
      fc.property(free, (texts) => {
        const one = event(texts);
        expect(through(one)).toEqual({ ...one, sequence: 42 });
      }),
      { numRuns: 500 },
    );
  });

  it('comes back with every field that may be there', () => {
    const one = event({
      effective_at: '2016-12-14T13:28:12Z',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      previous_hash: 'd'.repeat(64),
    });
    expect(through(one)).toEqual({ ...one, sequence: 42 });
  });

  it('is one line of printable ASCII a field, so that any consumer can read it', () => {
    fc.assert(
      fc.property(text, (actor) => {
        const lines = eventHeaders(event({ actor })).split('\r\n');
        expect(lines.pop()).toBe('');
        for (const line of lines)
          expect(line).toMatch(/^[A-Za-z-]+: [\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
        expect(lines).toHaveLength(14);
      }),
    );
  });

  it('leaves ordinary text as it is', () => {
    const lines = eventHeaders(event({ actor: 'Ada: "it works" (v2)', approval_id: 'CAB-1' }));
    expect(lines).toContain('Stele-Actor: Ada: "it works" (v2)\r\n');
    expect(lines).toContain('Stele-Approval-Id: CAB-1\r\n');
    expect(lines).not.toContain('Stele-Justification');
  });

  // Every log ever written is read by these names.
  it('has the names it has always had', () => {
    const whole = event({
      correlation_id: 'c',
      business_justification: 'two\nlines',
      approval_id: 'a',
      effective_at: '2016-12-14T13:28:12Z',
      traceparent: '00-1',
      previous_hash: 'd',
    });
    expect(eventHeaders(whole).replaceAll('\r\n', '\n')).toMatchInlineSnapshot(`
      "Stele-Event-Id: 8f14e45f-ceea-867f-a1b2-000000000001
      Stele-Event-Type: LampDimmed
      Stele-Event-Version: 2
      Stele-Aggregate-Type: Lamp
      Stele-Aggregate-Id: lamp-1
      Stele-Aggregate-Version: 7
      Stele-Timestamp: 2026-01-06T10:00:00.000Z
      Stele-Actor: ada
      Stele-Actor-Type: user
      Stele-Source: api
      Stele-Causation-Id: 8f14e45f-ceea-467f-a1b2-000000000002
      Stele-Command-Hash: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
      Stele-Correlation-Id: c
      Stele-Justification: two%0Alines
      Stele-Approval-Id: a
      Stele-Effective-At: 2016-12-14T13:28:12Z
      traceparent: 00-1
      Stele-Hash-Recipe: 1
      Stele-Previous-Hash: d
      Stele-Hash: 7b50f72a487e4b0d08745dcd6cce740027d161e143051de29b0c24dffd1572e1
      "
    `);
  });

  it.each([
    ['the id', 'Stele-Event-Id'],
    ['the hash', 'Stele-Hash'],
    ['the actor', 'Stele-Actor'],
  ])('is none without %s, and says so', (_, name) => {
    const found = new Map(parseHeaders(headerBlock(eventHeaders(event())).toString()));
    found.delete(name);
    expect(() => decodeEvent(found, '{}', 42)).toThrow(
      new TypeError(`message 42 carries no ${name} header`),
    );
  });

  it('is none without JSON in the body', () => {
    const found = parseHeaders(headerBlock(eventHeaders(event())).toString());
    expect(() => decodeEvent(found, 'not JSON', 42)).toThrow(SyntaxError);
  });
});

describe('a header block', () => {
  it.each<[string, string, Record<string, string>]>([
    ['with lines', 'NATS/1.0\r\nA: 1\r\nB: x: y\r\n\r\n', { A: '1', B: 'x: y' }],
    ['without a space after the colon', 'NATS/1.0\r\nA:1\r\n\r\n', { A: '1' }],
    ['with a value of nothing', 'NATS/1.0\r\nA: \r\n\r\n', { A: '' }],
    [
      'with a status',
      'NATS/1.0 404 Message Not Found\r\n\r\n',
      { status: '404 Message Not Found' },
    ],
    [
      'with a status and lines',
      'NATS/1.0 204\r\nNats-Num-Pending: 0\r\n\r\n',
      { status: '204', 'Nats-Num-Pending': '0' },
    ],
    ['with a line that is none', 'NATS/1.0\r\nnonsense\r\nA: 1\r\n\r\n', { A: '1' }],
    ['that is empty', 'NATS/1.0\r\n\r\n', {}],
    ['that was cut off', 'NATS/1.0\r\nA: 1\r\nB: 2', { A: '1' }],
  ])('%s', (_, block, expected) => {
    expect(Object.fromEntries(parseHeaders(block))).toEqual(expected);
  });

  it('is written as it is read', () => {
    expect(headerBlock('A: 1\r\n').toString()).toBe('NATS/1.0\r\nA: 1\r\n\r\n');
    expect(parseHeaders(headerBlock('').toString()).size).toBe(0);
  });
});

describe('the headers of a message', () => {
  const block = headerBlock(eventHeaders(event({ actor: 'Zoë' })));

  it('are read from its bytes, where the client shows them', () => {
    const raw = Buffer.concat([Buffer.from('....'), block, Buffer.from('{"level":3}')]);
    const msg = { _msg: { hdr: block.length }, _rdata: raw.subarray(4) };
    expect(headersOf(msg as unknown as Msg)).toEqual(parseHeaders(block.toString()));
  });

  it('are read through the client, where it does not', () => {
    const hdrs = headers();
    for (const [name, value] of parseHeaders(block.toString())) hdrs.set(name, value);
    expect(headersOf({ headers: hdrs } as Msg)).toEqual(parseHeaders(block.toString()));
    expect(headersOf({ headers: headers(503, 'No Responders') } as Msg).get('status')).toBe('503');
    expect(headersOf({} as Msg).size).toBe(0);
  });

  it('leave the body, which is text in the middle of a buffer', () => {
    const all = Buffer.from('....{"name":"Zoë"}');
    expect(textOf({ data: new Uint8Array(all).subarray(4) })).toBe('{"name":"Zoë"}');
  });
});
