import { describe, expect, it } from 'vitest';
import { Guesses } from './guesses.js';

const clock = () => {
  let now = 5_000;
  const later = (ms: number): void => {
    now += ms;
  };
  return { elapsed: () => now, later };
};
/** As many as may be wrong within a minute. */
const MANY = 60;

const guessing = () => {
  const { elapsed, later } = clock();
  const guesses = new Guesses(elapsed);
  const guess = (text: string): number | undefined => {
    const seconds = guesses.retryAfter(text);
    if (seconds === undefined) guesses.wrong(text);
    return seconds;
  };
  return { guesses, guess, later };
};

describe('wrong credentials', () => {
  it('can be tried so often within a minute, and then not even a right one is', () => {
    const { guesses, guess, later } = guessing();
    guesses.retryAfter('ada');
    guesses.right('ada');
    for (let n = 0; n < MANY; n++) expect(guess(`guess-${n}`)).toBeUndefined();
    later(20_000);
    expect(guess('one more')).toBe(40);
    expect(guesses.retryAfter('bob')).toBe(40);
    expect(guesses.retryAfter('ada')).toBeUndefined(); // was right before
    expect(guess('guess-0')).toBeUndefined(); // one that comes again is no new guess
    later(40_000);
    expect(guess('one more')).toBeUndefined();
  });

  it('are not those that were right once', () => {
    const { guesses, guess } = guessing();
    for (let n = 0; n < 2 * MANY; n++) {
      expect(guesses.retryAfter(`old-${n}`)).toBeUndefined();
      guesses.over(`old-${n}`);
    }
    expect(guess('guess')).toBeUndefined();
  });

  it('count while they are looked at, so that none slips in between', () => {
    const { guesses } = guessing();
    for (let n = 0; n < MANY; n++) expect(guesses.retryAfter(`guess-${n}`)).toBeUndefined();
    expect(guesses.retryAfter('one more')).toBe(60);
    guesses.right('guess-3');
    expect(guesses.retryAfter('one more')).toBeUndefined();
  });

  it('that were right and are no more are guesses like others', () => {
    const { guesses, guess } = guessing();
    guesses.retryAfter('ada');
    guesses.right('ada');
    expect(guess('ada')).toBeUndefined();
    for (let n = 0; n < MANY; n++) guess(`guess-${n}`);
    expect(guess('ada')).toBe(60);
  });

  it('that come again do not use up what others may try', () => {
    const { guess } = guessing();
    for (let n = 0; n < 10 * MANY; n++) expect(guess('expired')).toBeUndefined();
    expect(guess('another')).toBeUndefined();
  });
});
