/** Does it for each of them, so many at a time; rejects as soon as one fails. */
export const atOnce = async <T>(
  most: number,
  items: readonly T[],
  use: (item: T) => Promise<void>,
): Promise<void> => {
  const left = [...items];
  const work = async (): Promise<void> => {
    while (left.length > 0) await use(left.shift()!);
  };
  await Promise.all(Array.from({ length: most }, work));
};
