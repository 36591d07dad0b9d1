import { type RefObject, useLayoutEffect } from 'react';

export type Lit = {
  /** The status it has at the moment shown. */
  readonly current: string | undefined;
  /** Steps after this one were not made yet. */
  readonly upTo: number;
};

const stepsIn = (element: Element): readonly number[] =>
  (element.getAttribute('data-steps') ?? '').split(' ').filter(Boolean).map(Number);

/**
 * Light what is true at a moment in a picture that stands there: it is drawn once, with the whole
 * way, and while a slider moves only classes change.
 */
export const useLit = (
  root: RefObject<HTMLElement | null>,
  { current, upTo }: Lit,
  drawn: readonly unknown[],
): void => {
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    for (const node of element.querySelectorAll('g[data-status]')) {
      const here = node.getAttribute('data-status') === current;
      node.classList.toggle('current', here);
      if (here) node.setAttribute('aria-current', 'step');
      else node.removeAttribute('aria-current');
    }
    for (const edge of element.querySelectorAll('g[data-steps]'))
      edge.classList.toggle(
        'later',
        stepsIn(edge).every((one) => one > upTo),
      );
    const width = element.querySelector('svg')?.getAttribute('width');
    if (width) element.style.setProperty('--natural', `${width}px`);
  }, [root, current, upTo, ...drawn]);
};
