import { describe, expect, it } from 'vitest';
import { ofAnswer, ofInput } from './journalled.js';
import type { Accepted } from './outcome.js';

describe('what the journal says', () => {
  const signature = {
    actor: 'ada',
    actor_type: 'user',
    source: 'api',
    correlation_id: 'flow-1',
    business_justification: 'because',
    approval_id: 'ok-1',
  };
  const answer = {
    command_id: 'c-1',
    aggregate_type: 'Lamp',
    aggregate_id: 'a',
    events: [{ ...signature, data: { secret: 1 } }, { actor: 'zoe' }],
  } as unknown as Accepted;
  const names = { command_id: 'c-1', aggregate_type: 'Lamp', aggregate_id: 'a' };

  it('of an answer given again is who asked first, for what, and no data', () => {
    expect(ofAnswer(answer, 'DimLamp')).toEqual({
      ...names,
      ...signature,
      command_type: 'DimLamp',
    });
    expect(ofAnswer(answer, undefined)).toEqual({ ...names, ...signature });
  });

  it('of what was no command is the names in it, shortened', () => {
    const input = {
      command_id: 'c-1',
      command_type: 'x'.repeat(300),
      aggregate_id: 7,
      actor: 'ada',
      data: { a: 1 },
    };
    expect(ofInput(input)).toEqual({
      command_id: 'c-1',
      command_type: `${'x'.repeat(254)}…`,
      actor: 'ada',
    });
    for (const none of [null, undefined, 'text', 7]) expect(ofInput(none)).toEqual({});
  });
});
