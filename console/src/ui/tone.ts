/** What a colour says; there are no others. */
export type Tone = 'calm' | 'planned' | 'good' | 'warn' | 'bad' | 'info' | 'accent';

const tones = new Map<string, Tone>();

/** The domain says once what its words mean: `sayTones({ active: 'good' })`. */
export const sayTones = (all: Readonly<Record<string, Tone>>): void => {
  for (const [word, tone] of Object.entries(all)) tones.set(word, tone);
};

export const toneOf = (word: string | null | undefined): Tone => tones.get(word ?? '') ?? 'calm';
