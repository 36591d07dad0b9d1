/** Number of letters to change, add or leave out to make one word the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
};

/** The name that is spelled most like `word`. */
export const nearest = (word: string, names: readonly string[]): string => {
  const scored = names.map((name) => ({ name, by: distance(word, name) }));
  return scored.reduce((best, one) => (one.by < best.by ? one : best)).name;
};
