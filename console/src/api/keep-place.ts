/** Addresses whose places are remembered. */
const KEPT_MAX = 200;
/** What is asked for anew may come later: a place is looked for so long. */
const LOOK_FOR_MS = 1_500;

const places = new Map<string, number>();
let isBack = false;

const here = (name: string): string =>
  `${window.location.pathname}${window.location.search} ${name}`;

/** Remember how far something was scrolled at this address. */
export const keepPlace = (name: string, at: number): void => {
  const key = here(name);
  places.delete(key);
  places.set(key, at);
  const [oldest] = places.keys();
  if (places.size > KEPT_MAX && oldest !== undefined) places.delete(oldest);
};

/** Where it was when one was here before; 0 unless one comes back to it. */
export const placeKept = (name: string): number => (isBack ? (places.get(here(name)) ?? 0) : 0);

/** Try to get back to a place until there is enough to scroll; returns how to give up. */
export const getBackTo = (at: number, scrollTo: (at: number) => number): (() => void) => {
  const until = performance.now() + LOOK_FOR_MS;
  let frame = 0;
  const look = (): void => {
    if (scrollTo(at) >= at - 1 || performance.now() > until) return;
    frame = requestAnimationFrame(look);
  };
  look();
  return () => cancelAnimationFrame(frame);
};

/** Back and forward lead to a place; whatever else changes the address begins anew. */
export const watchPlaces = (): void => {
  window.history.scrollRestoration = 'manual';
  window.addEventListener('popstate', () => {
    isBack = true;
  });
  // The router tells of what it adds to the history.
  window.addEventListener('pushState', () => {
    isBack = false;
  });
  window.addEventListener('scroll', () => keepPlace('page', window.scrollY), { passive: true });
};
