import { describe, expect, it } from 'vitest';
import { type Found, Guesses } from './guesses.js';

/** As many as may be wrong within a minute. */
const MANY = 60;

const guessing = () => {
  let now = 5_000;
  const guesses = new Guesses(MANY, () => now);
  /** Try one; undefined, or how long to wait. */
  const guess = (digest: string, found: Found = 'wrong', source = 'here'): number | undefined => {
    const attempt = guesses.begin({ source, digest });
    if ('retryAfterS' in attempt) return attempt.retryAfterS;
    attempt.end(found);
    return undefined;
  };
  const later = (ms: number): void => {
    now += ms;
  };
  return { guesses, guess, later };
};

describe('wrong credentials', () => {
  it('can be tried so often within a minute, and then not even a right one is', () => {
    const { guess, later } = guessing();
    guess('ada', 'right');
    for (let n = 0; n < MANY; n++) expect(guess(`guess-${n}`)).toBeUndefined();
    later(20_000);
    expect(guess('one more')).toBe(40);
    expect(guess('bob', 'right')).toBe(40);
    expect(guess('ada', 'right')).toBeUndefined(); // was right before
    expect(guess('guess-0')).toBeUndefined(); // one that comes again is no new guess
    later(40_000);
    expect(guess('one more')).toBeUndefined();
  });

  it('are counted for each source by itself', () => {
    const { guess } = guessing();
    for (let n = 0; n < MANY; n++) guess(`guess-${n}`, 'wrong', 'there');
    expect(guess('bob', 'right', 'there')).toBe(60);
    expect(guess('bob', 'right')).toBeUndefined();
    expect(guess('bob', 'right', 'there')).toBeUndefined();
  });

  it('are neither those that were right once, nor those of which nobody could tell', () => {
    const { guess } = guessing();
    for (const found of ['over', 'unknown'] as const)
      for (let n = 0; n < 2 * MANY; n++) expect(guess(`${found}-${n}`, found)).toBeUndefined();
    expect(guess('guess')).toBeUndefined();
  });

  it('count while they are looked at, so that none slips in between', () => {
    const { guesses, guess } = guessing();
    const tries = Array.from({ length: MANY }, (_, n) =>
      guesses.begin({ source: 'here', digest: `guess-${n}` }),
    );
    expect(guess('one more')).toBe(1);
    expect(guess('guess-7', 'unknown')).toBeUndefined();
    const [first] = tries as [(typeof tries)[number]];
    if ('end' in first) first.end('unknown');
    expect(guess('one more', 'unknown')).toBeUndefined();
  });

  it('are not those of which it is known who sends them, though the answer goes on', () => {
    const { guesses, guess } = guessing();
    for (let n = 0; n < 2 * MANY; n++)
      guesses.begin({ source: 'here', digest: `right-${n}`, isKnown: () => true });
    expect(guess('bob', 'right')).toBeUndefined();
  });

  it('may be known only once they are read, and each is one try until then', () => {
    const { guesses, guess } = guessing();
    const begin = () => guesses.begin({ source: 'here', digest: undefined });
    const tries = Array.from({ length: MANY }, begin);
    expect(begin()).toEqual({ retryAfterS: 1 });
    for (const one of tries) if ('end' in one) one.end('wrong', 'the same');
    expect(guess('another')).toBeUndefined();
    expect(guess('the same')).toBeUndefined();
  });

  it('that were right and are no more are guesses like others', () => {
    const { guess } = guessing();
    guess('ada', 'right');
    expect(guess('ada')).toBeUndefined();
    for (let n = 1; n < MANY; n++) expect(guess(`guess-${n}`)).toBeUndefined();
    expect(guess('one more')).toBe(60);
    guess('bob', 'right', 'there');
    guess('bob', 'over', 'there');
    expect(guess('bob')).toBe(60);
  });

  it('of sources without end take no room without end: those heard of last are kept', () => {
    const { guess } = guessing();
    const several = (source: string): void => {
      for (let n = 0; n < MANY; n++) guess(`guess-${n}`, 'wrong', source);
    };
    several('here');
    several('there');
    for (let n = 0; n < 4_999; n++) {
      guess('guess', 'wrong', `source-${n}`);
      guess(`right-${n}`, 'right', `right-${n}`);
      if (n === 4_000) expect(guess('one more')).toBe(60);
    }
    expect(guess('one more')).toBe(60);
    expect(guess('one more', 'wrong', 'there')).toBeUndefined();
  });
});
