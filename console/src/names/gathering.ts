/** Questions that come within so long of each other are asked together. */
const GATHER_MS = 15;

type Waiting<K, V> = {
  readonly key: K;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** One question made of many: each asker waits for the part of the answer that is its own. */
export const gathering = <K, V>(
  answer: (keys: readonly K[]) => Promise<(key: K) => V | undefined>,
): ((key: K) => Promise<V | undefined>) => {
  let waiting: Waiting<K, V>[] = [];
  const askAll = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const partOf = await answer(asked.map(({ key }) => key));
      for (const { key, resolve } of asked) resolve(partOf(key));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };
  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setTimeout(() => void askAll(), GATHER_MS);
      waiting.push({ key, resolve, reject });
    });
};
