/** What a value weighs that is no text, and a text besides its characters. */
const VALUE_CHARS = 8;

/** Characters of a value as often as they stand in it: what is one in memory may be written often. */
export const charsOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + VALUE_CHARS;
  if (typeof value !== 'object' || value === null) return VALUE_CHARS;
  let chars = VALUE_CHARS;
  for (const one of Object.values(value)) chars += charsOf(one);
  return chars;
};
