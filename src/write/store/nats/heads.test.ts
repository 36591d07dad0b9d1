import { expect, it } from 'vitest';
import { headIn } from './heads.js';

it.each([
  'not json',
  'null',
  '{"sequence":"abc","event":null}',
  '{"sequence":3,"event":{"sequence":"x"}}',
  '{"sequence":3,"event":null,"lost":{"sequence":"9999","at":5}}',
  '{"sequence":9007199254740993,"event":null}',
])('what nobody of ours wrote is told as that, with what to do: %s', (text) => {
  expect(() => headIn('lamp', text)).toThrow(
    /HEADS holds of lamp cannot be read.*accept-loss lamp/,
  );
});

it('an entry of an earlier program has nothing of what came later', () => {
  const event = { sequence: 3, event_id: 'e' };
  const head = headIn('lamp', JSON.stringify({ sequence: 4, event }));
  expect(head).toEqual({ sequence: 4, event, accepted: null, given_up: [], lost: null });
});
