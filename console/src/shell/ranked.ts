/** What the palette may lead to. */
export type Entry = {
  readonly key: string;
  readonly label: string;
  /** What it is, beside its label. */
  readonly about: string;
  readonly href: string;
  /** Words that a screen is also found by. */
  readonly words?: string;
  readonly kind: 'thing' | 'screen';
};

/** Whoever types a name means what is called so; screens come before what only contains the text. */
const RANKS = {
  thing: { exact: 0, begins: 2, contains: 6, words: 7 },
  screen: { exact: 1, begins: 3, contains: 4, words: 5 },
} as const;

/** How a text is found in an entry; undefined: not at all. */
const rankOf = (text: string, { label, words, kind }: Entry): number | undefined => {
  const ranks = RANKS[kind];
  const name = label.toLowerCase();
  if (name === text) return ranks.exact;
  if (name.startsWith(text)) return ranks.begins;
  if (name.includes(text)) return ranks.contains;
  // What the server found is found by more than its name: by its owner, its description.
  if (kind === 'thing' || words?.toLowerCase().includes(text)) return ranks.words;
  return undefined;
};

/** What a text finds, the best first: the exact name, what begins so, screens, the rest. */
export const ranked = (text: string, entries: readonly Entry[]): readonly Entry[] => {
  const wanted = text.trim().toLowerCase();
  const found = entries.flatMap((entry) => {
    const rank = wanted === '' ? 0 : rankOf(wanted, entry);
    return rank === undefined ? [] : [{ entry, rank }];
  });
  const length = ({ label }: Entry): number => (wanted === '' ? 0 : label.length);
  return found
    .toSorted((a, b) => a.rank - b.rank || length(a.entry) - length(b.entry))
    .map(({ entry }) => entry);
};

/**
 * What is called exactly so first, then what was found by its id: whoever types an id means what has
 * it, but many a name is made of the letters of one. Then the rest, each once.
 */
export const arranged = (
  text: string,
  { byId, others }: { readonly byId: readonly Entry[]; readonly others: readonly Entry[] },
): readonly Entry[] => {
  const wanted = text.trim().toLowerCase();
  const rest = ranked(text, others);
  const exact = [...rest, ...byId].filter(({ label }) => label.toLowerCase() === wanted);
  return [...new Map([...exact, ...byId, ...rest].map((one) => [one.key, one])).values()];
};
