import { closest } from 'fastest-levenshtein';

/** What is compared of a word that somebody made up, characters; no name is longer. */
const COMPARED_MAX = 100;

/** The name that is spelled most like `word`. */
export const nearest = (word: string, names: readonly string[]): string =>
  closest(word.slice(0, COMPARED_MAX), names);
