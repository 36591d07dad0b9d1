import { describe, expect, it } from 'vitest';
import type { Principal } from '../../core/access.js';
import type { JournalEntry } from '../store/command-journal.js';
import {
  REFUSALS_EACH_MAX,
  REFUSALS_WINDOW_MS,
  REFUSED_CALLERS_MAX,
  STRANGERS_WINDOW_MS,
} from './limits.js';
import { RepeatedRefusals } from './repeated-refusals.js';

const who = (credential: string): Principal => ({
  actor: 'vera',
  actor_type: 'user',
  roles: [],
  teams: [],
  credential,
});
const denied = (n: number, more: Partial<JournalEntry> = {}): JournalEntry => ({
  received_at: `2026-01-06T10:00:00.${String(n % 1_000).padStart(3, '0')}Z`,
  via: 'http',
  outcome: 'refused',
  duration_ms: 2,
  code: 'FORBIDDEN',
  message: `GET /${n}`,
  actor: 'vera',
  actor_type: 'user',
  credential: 'key:1',
  command_type: 'X',
  ...more,
});

const opened = () => {
  let now = 5;
  const refusals = new RepeatedRefusals(() => now);
  return {
    later: (ms: number) => {
      now += ms;
    },
    over: (all?: boolean) => [...refusals.over(all)],
    /** How many of so many were kept each. */
    send: (count: number, by: Principal | undefined, more: Partial<JournalEntry> = {}) =>
      Array.from({ length: count }, (_, n) => refusals.keep(denied(n, more), by)).filter(
        (kept) => kept === (by ? 'as it is' : 'for a while'),
      ).length,
  };
};

describe('refusals of one caller', () => {
  it('are kept each until they are many; the rest is one entry that says how many', () => {
    const { send, over, later } = opened();
    expect(send(1_000, who('key:1'))).toBe(REFUSALS_EACH_MAX);
    expect(over()).toEqual([]);
    later(REFUSALS_WINDOW_MS);
    expect(over()).toEqual([
      {
        received_at: '2026-01-06T10:00:00.999Z',
        via: 'http',
        outcome: 'refused',
        duration_ms: 0,
        code: 'FORBIDDEN',
        actor: 'vera',
        actor_type: 'user',
        credential: 'key:1',
        message: `and ${1_000 - REFUSALS_EACH_MAX} more, the last: GET /999`,
        times: 1_000 - REFUSALS_EACH_MAX,
      },
    ]);
    expect(over(true)).toEqual([]);
    expect(send(1, who('key:1'))).toBe(1);
  });

  it('are summed up by code and way in, and apart from those of others', () => {
    const { send, over } = opened();
    send(REFUSALS_EACH_MAX, who('key:1'));
    send(3, who('key:1'));
    send(2, who('key:1'), { via: 'nats' });
    send(1, who('key:1'), { code: 'MALFORMED_COMMAND', outcome: 'dry_run' });
    expect(send(5, who('key:2'))).toBe(5);
    expect(over(true).map(({ via, outcome, code, times }) => [via, outcome, code, times])).toEqual([
      ['http', 'refused', 'FORBIDDEN', 3],
      ['nats', 'refused', 'FORBIDDEN', 2],
      ['http', 'dry_run', 'MALFORMED_COMMAND', 1],
    ]);
  });

  it('are nothing to sum up where a decision was made', () => {
    const { send, over } = opened();
    for (const code of ['NO_CHANGE', 'NAME_TAKEN', 'ALREADY_EXISTS'])
      expect(send(100, who('key:1'), { code })).toBe(100);
    expect(over(true)).toEqual([]);
  });

  it('say of the last where it came from, and nothing that nobody knows', () => {
    const { send, over } = opened();
    const nobody = {
      actor: undefined,
      actor_type: undefined,
      credential: undefined,
      code: undefined,
      command_type: undefined,
    } as never as Partial<JournalEntry>;
    send(1, undefined, { ...nobody, ip_address: '10.0.0.7' });
    send(1, undefined, { ...nobody, via: 'nats' });
    const said = { outcome: 'refused', duration_ms: 0, message: '1, the last: GET /0' };
    expect(over(true).map((one) => Object.entries(one))).toEqual(
      [
        { via: 'http', ...said, ip_address: '10.0.0.7', times: 1 },
        { via: 'nats', ...said, times: 1 },
      ].map((one) =>
        expect.arrayContaining([
          ['received_at', '2026-01-06T10:00:00.000Z'],
          ...Object.entries(one),
        ]),
      ),
    );
  });

  it.each([
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'NOT_FOUND',
    'MALFORMED_COMMAND',
    'UNKNOWN_COMMAND',
    'UNKNOWN_AGGREGATE_TYPE',
    'FORBIDDEN_GENERIC_COMMAND',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'VALIDATION_ERROR',
    'RATE_LIMITED',
  ])('of %s are summed up', (code) => {
    const { send } = opened();
    expect(send(2 * REFUSALS_EACH_MAX, who('key:1'), { code })).toBe(REFUSALS_EACH_MAX);
  });

  it.each(['dry_run', 'replayed'] as const)(
    'are summed up with what wrote nothing: %s, whatever it would have come to',
    (outcome) => {
      const { send, over } = opened();
      const wrote = { outcome, code: undefined, message: undefined } as never;
      expect(send(2 * REFUSALS_EACH_MAX, who('key:1'), wrote)).toBe(REFUSALS_EACH_MAX);
      expect(over(true)).toMatchObject([
        { outcome, message: `and ${REFUSALS_EACH_MAX} more`, times: REFUSALS_EACH_MAX },
      ]);
      expect(send(100, who('key:1'), { outcome: 'accepted', code: undefined as never })).toBe(100);
    },
  );

  it('that nobody knows are those of all of them, for longer', () => {
    const { send, over, later } = opened();
    const nobody = { code: 'UNAUTHENTICATED', credential: undefined as never };
    // Whatever they were told: not only that nobody knows them.
    expect(send(1, undefined, { ...nobody, code: 'RATE_LIMITED' })).toBe(1);
    expect(send(100, undefined, nobody)).toBe(REFUSALS_EACH_MAX - 1);
    expect(send(100, undefined, { ...nobody, via: 'nats' })).toBe(REFUSALS_EACH_MAX);
    later(REFUSALS_WINDOW_MS);
    expect(over()).toEqual([]);
    later(STRANGERS_WINDOW_MS);
    expect(over().map(({ times, message }) => [times, message])).toEqual([
      [1, '1, the last: GET /0'],
      [100, '100, the last: GET /99'],
      [100, '100, the last: GET /99'],
    ]);
  });

  it('are held for so many callers at most', () => {
    const { send, over } = opened();
    const many = REFUSED_CALLERS_MAX + 100;
    let kept = 0;
    for (let n = 0; n < many; n++) kept += send(1, who(`key:${n}`), { ip_address: '10.0.0.7' });
    expect(kept).toBe(REFUSED_CALLERS_MAX + REFUSALS_EACH_MAX);
    const sums = over(true);
    expect(sums.map(({ times }) => times)).toEqual([100 - REFUSALS_EACH_MAX]);
    // Nobody is said to have done what several did.
    expect(sums[0]).toMatchObject({ message: '80, the last: GET /0' });
    for (const name of ['actor', 'actor_type', 'credential', 'ip_address'])
      expect(sums[0]).not.toHaveProperty(name);
  });
});
