import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { State } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { refuse } from '../../core/refusal.js';
import { unapproved } from './approving.js';

const none = z.object({});
const Permit = defineAggregate({
  name: 'Permit',
  summary: 'A permit.',
  events: { PermitGiven: none, PermitTornUp: none },
  commands: {
    GivePermit: command({ data: none, emits: ['PermitGiven', 'PermitTornUp'], roles: ['r'] }),
  },
  data: z.object({ for: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { PermitGiven: 'given' } },
      given: { on: { PermitTornUp: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  approves: ({ data }, { aggregate_type }) =>
    data.for === aggregate_type ? undefined : refuse('APPROVAL_OTHER', 'for something else'),
  evolve: {},
  decide: { GivePermit: () => [] },
});
const GIVEN: State = { status: 'given', data: { for: 'Lamp' } };

const asked = (more: object = {}): Command =>
  ({
    definition: { name: 'Lamp' },
    source: 'api',
    effective_at: null,
    approval_id: 'p-1',
    ...more,
  }) as unknown as Command;
const judged = (command: Command, state: State = GIVEN, approvals: typeof Permit | null = Permit) =>
  unapproved(command, approvals ?? undefined, { now: '', look: async () => state });

describe('what needs an approval', () => {
  it('is judged by the approval that it names', async () => {
    expect(await judged(asked())).toBeUndefined();
    expect(await judged(asked({ definition: { name: 'House' } }))).toMatchObject({
      refused: 'APPROVAL_OTHER',
    });
  });

  it.each([
    ['was never given', asked(), Permit.initial],
    ['is gone', asked(), { ...GIVEN, status: 'gone' }],
    ['has no possible id', asked({ approval_id: 'no such > id' }), GIVEN],
  ])('is refused when the approval %s', async (_, command, state) => {
    const message = 'expected the id of a granted Permit';
    expect(await judged(command, state)).toMatchObject({
      refused: 'APPROVAL_REQUIRED',
      errors: [{ field: 'metadata.approval_id', message, rule: 'REFERENCE' }],
    });
  });

  it('needs none as history that is brought in, nor where nobody knows approvals', async () => {
    const past = { source: 'import', effective_at: '2020-01-01T00:00:00.000Z' };
    expect(await judged(asked(past), Permit.initial)).toBeUndefined();
    expect(await judged(asked(), Permit.initial, null)).toBeUndefined();
    for (const half of [{ source: 'import' }, { effective_at: past.effective_at }])
      expect(await judged(asked(half), Permit.initial)).toMatchObject({
        refused: 'APPROVAL_REQUIRED',
      });
  });
});
