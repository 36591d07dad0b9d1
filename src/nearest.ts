import { closest } from 'fastest-levenshtein';

/** The name that is spelled most like `word`. */
export const nearest = (word: string, names: readonly string[]): string => closest(word, names);
