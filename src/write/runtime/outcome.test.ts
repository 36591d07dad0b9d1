import { describe, expect, it } from 'vitest';
import type { Command } from '../../core/command.js';
import type { EventRecord } from '../../core/event.js';
import { Fault, refuse } from '../../core/refusal.js';
import {
  ACCEPTED_BEFORE,
  type Accepted,
  accepted,
  outcomeOf,
  outcomeOfAnswer,
  outcomeOfFault,
  together,
} from './outcome.js';

const answer = (n: number, more: Partial<Accepted> = {}): Accepted => ({
  command_id: `c-${n}`,
  aggregate_type: 'Lamp',
  aggregate_id: 'a',
  aggregate_version: n,
  position: `lamp:${n}`,
  replayed: false,
  events: [],
  ...more,
});
const refusal = refuse('TOO_BRIGHT', 'too bright');

describe('how a command ended, in one word', () => {
  it.each([
    ['accepted', answer(1)],
    ['replayed', answer(1, { replayed: true })],
    ['dry_run', answer(1, { dry_run: true })],
    ['refused', refusal],
    ['replayed', ACCEPTED_BEFORE],
  ] as const)('is %s', (word, result) => {
    expect(outcomeOf(result)).toBe(word);
    expect(outcomeOfAnswer(result)).toBe(word);
  });

  it('is unknown where nobody can say, and failed at any other fault', () => {
    const [unknown, failed] = [new Fault('OUTCOME_UNKNOWN', ''), new Fault('UNEXPECTED', '')];
    expect([unknown, failed].map(outcomeOfFault)).toEqual(['unknown', 'failed']);
    expect([unknown, failed].map(outcomeOfAnswer)).toEqual(['unknown', 'failed']);
  });

  it('is replayed while the first answer is read again', () => {
    expect(outcomeOfAnswer(Promise.resolve(answer(1)))).toBe('replayed');
  });
});

describe('the answer to commands that were written at once', () => {
  const commands = ['PutLamp', 'DimLamp', 'NameLamp'].map(
    (command_type) => ({ command_type }) as Command,
  );

  it('is where the last one stands, with the answer of each and what changed nothing', () => {
    const [first, third] = [answer(1), answer(2)];
    const { command_id: _, events: __, ...last } = third;
    expect(together(commands, [first, refusal, third])).toEqual({
      ...last,
      commands: [first, third],
      unchanged: ['DimLamp'],
    });
  });

  it('is replayed only when all of it is', () => {
    const again = answer(1, { replayed: true });
    expect(together(commands.slice(0, 2), [again, answer(2)]).replayed).toBe(false);
    expect(together(commands.slice(0, 2), [again, again]).replayed).toBe(true);
  });
});

it('the answer to one command says where each of its events stands, one after the other', () => {
  const command = {
    definition: { slug: 'lamp', name: 'Lamp' },
    aggregate_id: 'a',
    command_id: 'c',
  };
  const events = [1, 2, 3].map((aggregate_version) => ({ aggregate_version }) as EventRecord);
  const told = accepted(command as never, events, { first: 7, replayed: false });
  expect(told).toMatchObject({ aggregate_version: 3, position: 'lamp:9' });
  const positions = told.events.map(
    ({ metadata }) => (metadata as { readonly position: string }).position,
  );
  expect(positions).toEqual(['lamp:7', 'lamp:8', 'lamp:9']);
});
