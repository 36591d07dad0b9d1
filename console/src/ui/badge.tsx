import { type Tone, toneOf } from './tone.js';

/** A state by word and colour; the colour follows from the word unless told. */
export const Badge = ({ word, tone }: { readonly word: string; readonly tone?: Tone }) => (
  <span className={`badge tone tone-${tone ?? toneOf(word)}`}>{word.replaceAll('_', ' ')}</span>
);
