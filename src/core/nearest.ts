/** Longer words are no slips of the pen, and would take long to compare, characters. */
const WORD_MAX = 60;
/** Of so many letters of a word one may be wrong. */
const LETTERS_PER_SLIP = 3;

/**
 * How many letters must be changed, left out, put in or swapped with the next to make one word of
 * the other (optimal string alignment).
 */
export const distance = (a: string, b: string): number => {
  let [before, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
};

const folded = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase();

/** The name that somebody meant who wrote `word`; undefined when it is like none of them. */
export const nearest = (word: string, names: readonly string[]): string | undefined => {
  const meant = folded(word.slice(0, WORD_MAX + 1));
  if (meant.length < 2 || meant.length > WORD_MAX) return undefined;
  const most = Math.max(1, Math.floor(meant.length / LETTERS_PER_SLIP));
  let [found, least]: [string | undefined, number] = [undefined, most + 1];
  for (const name of names) {
    const one = folded(name);
    if (Math.abs(one.length - meant.length) >= least) continue;
    const far = distance(meant, one);
    if (far < least) [found, least] = [name, far];
  }
  return found ?? names.find((name) => begins(meant, folded(name)));
};

/** Cut short or gone on with: `owner` of `owner_id`. */
const begins = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= LETTERS_PER_SLIP && (a.startsWith(b) || b.startsWith(a));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What a refusal goes on with behind an unknown name: the one that was meant, if it is like any,
 * and all there are. `lead` stands before these: `there are`.
 */
export const choices = (word: string, names: readonly string[], lead: string): string => {
  const close = nearest(word, names);
  const all = `${lead} ${names.join(', ') || 'none'}`;
  return close === undefined ? `; ${all}` : `, did you mean "${close}"? ${capital(all)}`;
};
