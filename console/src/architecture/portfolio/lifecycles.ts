/** What an application is, in the order of its life. */
export const LIFECYCLES: readonly string[] = ['planned', 'active', 'deprecated', 'retired'];

export type Share = { readonly lifecycle: string; readonly count: number };

/** Counts by lifecycle in the order of life; what is none of them comes last. */
export const sharesOf = (
  groups: readonly { readonly value: string | null; readonly count: number }[],
): readonly Share[] => {
  const place = (word: string): number => {
    const at = LIFECYCLES.indexOf(word);
    return at === -1 ? LIFECYCLES.length : at;
  };
  return groups
    .map(({ value, count }) => ({ lifecycle: value ?? 'none', count }))
    .sort((a, b) => place(a.lifecycle) - place(b.lifecycle));
};

/** `24 %`; what is there is never 0 %, what is not all never 100 %. */
export const percentOf = (part: number, whole: number): string => {
  if (whole === 0) return '0 %';
  const exact = (part / whole) * 100;
  if (part > 0 && exact < 1) return '<1 %';
  if (part < whole && exact > 99) return '>99 %';
  return `${Math.round(exact)} %`;
};
