import { describe, expect, it } from 'vitest';
import { claiming } from './claiming.js';

const Lamp = { name: 'Lamp' } as Parameters<typeof claiming>[0];
const change = (hold: boolean, key = 'k') => ({
  scope: 'name',
  key,
  label: `name/${key}`,
  hold,
  taken: 'NAME_TAKEN',
  what: 'the name',
});
const write = (holder: string | null, expected: number, key = 'k') => ({
  scope: 'name',
  key,
  label: `name/${key}`,
  holder,
  expected,
});

describe('the claims that an aggregate may write', () => {
  it('hold what is free, or its own already, at the sequence that was seen', () => {
    const changes = [change(true, 'free'), change(true, 'never'), change(true, 'own')];
    const known = [
      { sequence: 7, holder: null },
      { sequence: 0, holder: null },
      { sequence: 9, holder: 'me' },
    ];
    expect(claiming(Lamp, 'me', changes, known)).toEqual({
      kind: 'write',
      claims: [write('me', 7, 'free'), write('me', 0, 'never'), write('me', 9, 'own')],
    });
  });

  it('release what it holds', () => {
    expect(claiming(Lamp, 'me', [change(false)], [{ sequence: 3, holder: 'me' }])).toEqual({
      kind: 'write',
      claims: [write(null, 3)],
    });
  });

  it('refuse what another holds, and say who', () => {
    expect(claiming(Lamp, 'me', [change(true)], [{ sequence: 3, holder: 'you' }])).toMatchObject({
      kind: 'taken',
      refusal: {
        refused: 'NAME_TAKEN',
        message: 'the name "k" is taken by Lamp you',
        details: { held_by: 'you' },
        conflict: true,
      },
    });
  });

  it.each([
    ['another', 3, 'you'],
    ['nobody', 3, null],
    ['nobody ever', 0, null],
  ])(
    'never release what %s holds, and are refused if that was not the latest',
    (_, sequence, holder) => {
      expect(claiming(Lamp, 'me', [change(false)], [{ sequence, holder }])).toEqual({
        kind: 'not held',
        claims: [write(holder, sequence)],
      });
    },
  );
});
