import { describe, expect, it } from 'vitest';
import { SOURCES_MAX } from './guess-sources.js';
import { type Found, Guesses } from './guesses.js';

/** As many as may be wrong within a minute. */
const MANY = 60;

type Guess = (digest: string, found?: Found, source?: string) => number | undefined;

const guessing = (most = MANY) => {
  let now = 5_000;
  const guesses = new Guesses(most, () => now);
  /** Try one; undefined, or how long to wait. */
  const guess: Guess = (digest, found = 'wrong', source = 'here') => {
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

  it('are forgotten once their time is over, also where tries go on without an end', () => {
    const { guesses, guess, later } = guessing();
    for (let n = 0; n < MANY; n++) guess(`guess-${n}`);
    guesses.begin({ source: 'here', digest: 'guess-0' });
    later(60_000);
    expect(guess('one more')).toBeUndefined();
  });

  describe('of sources without end take no room without end', () => {
    /** Try so many of one source. */
    const several = (guess: Guess, source: string, count = MANY): void => {
      for (let n = 0; n < count; n++) guess(`guess-${n}`, 'wrong', source);
    };

    it('and those that are made up push nobody out who guessed more often', () => {
      const { guess } = guessing();
      several(guess, 'here');
      several(guess, 'there', MANY - 1);
      for (let n = 0; n < 3 * SOURCES_MAX; n++) {
        guess('guess', 'wrong', `source-${n}`);
        guess(`right-${n}`, 'right', `right-${n}`);
      }
      expect(guess('one more')).toBe(60);
      expect(guess('one more', 'wrong', 'there')).toBeUndefined();
      expect(guess('another', 'wrong', 'there')).toBe(60);
      // Of those that guessed as little, the ones before the last are forgotten.
      several(guess, 'source-0');
      expect(guess('one more', 'wrong', 'source-0')).toBe(60);
    });

    it('nor while it is not known yet what their guesses are worth', () => {
      const { guesses, guess } = guessing();
      const tries = Array.from({ length: MANY }, (_, n) =>
        guesses.begin({ source: 'here', digest: `guess-${n}` }),
      );
      for (let n = 0; n < 2 * SOURCES_MAX; n++) guess('guess', 'wrong', `source-${n}`);
      for (const one of tries) if ('end' in one) one.end('wrong');
      expect(guess('one more')).toBe(60);
    });

    it('what counts is told of one that was pushed out too', () => {
      const { guesses, guess } = guessing();
      const slow = guesses.begin({ source: 'here', digest: 'slow' });
      for (let n = 0; n < SOURCES_MAX; n++) several(guess, `source-${n}`, 2);
      if ('end' in slow) slow.end('wrong');
      for (let n = 1; n < MANY; n++) expect(guess(`guess-${n}`)).toBeUndefined();
      expect(guess('one more')).toBe(60);
    });

    it('and where all have spent theirs, those that come share one, until time is over', () => {
      const { guess, later } = guessing(3);
      for (let n = 0; n < SOURCES_MAX; n++) several(guess, `source-${n}`, 3);
      for (const source of ['a', 'b', 'c']) expect(guess(source, 'wrong', source)).toBeUndefined();
      later(20_000);
      expect(guess('d', 'wrong', 'd')).toBe(40);
      expect(guess('one more', 'wrong', 'source-0')).toBe(40);
      later(40_000);
      several(guess, 'a', 3);
      expect(guess('one more', 'wrong', 'a')).toBe(60);
      expect(guess('one more', 'wrong', 'b')).toBeUndefined();
    });
  });
});
