/** Does it for each of them, so many at a time; rejects as soon as one fails. */
export const atOnce = async <T>(
  most: number,
  items: readonly T[],
  use: (item: T, index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await use(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: most }, work));
};
