import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type EventRecord, occurredAt } from './event.js';
import { canonicalInstant, Instant, instantOf, laterInstant } from './instant.js';

const FIRST_MS = Date.parse('1900-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('2100-01-01T00:00:00.000Z');
const MINUTE_MS = 60_000;

const two = (number: number): string => String(number).padStart(2, '0');
const offset = (minutes: number): string =>
  `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;

/** One time in any form that ISO 8601 has for it: with more or fewer digits, in any zone. */
const written = fc
  .record({
    ms: fc.integer({ min: FIRST_MS, max: LAST_MS }),
    whole: fc.boolean(),
    digits: fc.stringMatching(/^[0-9]{0,6}$/),
    minutes: fc.option(fc.integer({ min: -14 * 60, max: 14 * 60 }), { nil: null }),
  })
  .map(({ ms: any, whole, digits, minutes }) => {
    const ms = whole ? Math.floor(any / 1000) * 1000 : any;
    const local = new Date(ms + (minutes ?? 0) * MINUTE_MS).toISOString();
    const seconds = local.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
    const fraction = whole ? '' : `.${local.slice(-4, -1)}${digits}`;
    return { ms, text: `${seconds}${fraction}${minutes === null ? 'Z' : offset(minutes)}` };
  });

describe('an instant', () => {
  test.prop([written, written])('has the order of its time as a text', (one, other) => {
    const [a, b] = [canonicalInstant(one.text), canonicalInstant(other.text)];
    expect(Date.parse(a)).toBe(one.ms);
    expect(a < b).toBe(one.ms < other.ms);
    expect(a === b).toBe(one.ms === other.ms);
    expect(canonicalInstant(a)).toBe(a);
  });

  test.prop([written, written])('is the later of two by its time', (one, other) => {
    const later = Math.max(one.ms, other.ms);
    expect(laterInstant(one.text, other.text)).toBe(new Date(later).toISOString());
  });

  it.each([
    ['2019-02-30T00:00:00Z'],
    ['2019-13-01T00:00:00Z'],
    ['2019-01-01T25:00:00Z'],
    ['2019-01-01T00:00:00'],
    ['2019-01-01'],
    ['yesterday'],
    ['0000-01-01T00:00:00+01:00'],
    ['9999-12-31T23:59:59-01:00'],
  ])('%s is none, and stays what it is', (text) => {
    expect(instantOf(text)).toBeUndefined();
    expect(canonicalInstant(text)).toBe(text);
  });

  it('comes in with a Z and goes on in one form', () => {
    expect(Instant.parse('2026-01-06T10:00:00Z')).toBe('2026-01-06T10:00:00.000Z');
    expect(Instant.safeParse('2026-01-06T10:00:00+01:00').success).toBe(false);
  });
});

describe('when an event became true', () => {
  const event = (effective_at: string | null, event_timestamp = '2026-01-06T10:00:00.000Z') =>
    occurredAt({ effective_at, event_timestamp } as EventRecord);

  it('is in one form, in whatever form an old log holds it', () => {
    expect(event('2020-01-01T00:00:00Z')).toBe('2020-01-01T00:00:00.000Z');
    expect(event('2020-01-01T00:00:00.5Z') > event('2020-01-01T00:00:00Z')).toBe(true);
    expect(event(null, '2026-01-06T10:00:00Z')).toBe('2026-01-06T10:00:00.000Z');
  });
});
