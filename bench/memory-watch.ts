const LOOK_EVERY_MS = 50;

type Look = { readonly at: number; readonly resident: number; readonly heap: number };

/** The most memory a process had in the first and in the second half of some work, bytes. */
export type Peaks = {
  /** What the process had before. */
  readonly before: { readonly resident: number; readonly heap: number };
  readonly first: { readonly resident: number; readonly heap: number };
  readonly second: { readonly resident: number; readonly heap: number };
};

const look = (): Look => {
  const { rss: resident, heapUsed: heap } = process.memoryUsage();
  return { at: performance.now(), resident, heap };
};

const most = (looks: readonly Look[]): { readonly resident: number; readonly heap: number } => ({
  resident: Math.max(...looks.map(({ resident }) => resident)),
  heap: Math.max(...looks.map(({ heap }) => heap)),
});

/** Look at the memory of this process until the function that is returned is called. */
export const watchMemory = (): (() => Peaks) => {
  const before = look();
  const looks: Look[] = [before];
  const timer = setInterval(() => looks.push(look()), LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    looks.push(look());
    const middle = (before.at + performance.now()) / 2;
    return {
      before: most([before]),
      first: most(looks.filter(({ at }) => at <= middle)),
      second: most(looks.filter(({ at }) => at > middle)),
    };
  };
};
