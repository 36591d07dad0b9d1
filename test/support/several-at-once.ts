/** Does something with each of them, in their order, so many at once. */
export const severalAtOnce = async <T>(
  many: readonly T[],
  atOnce: number,
  each: (one: T, index: number) => Promise<void>,
): Promise<void> => {
  const left = many.entries();
  const lane = async (): Promise<void> => {
    for (const [index, one] of left) await each(one, index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
