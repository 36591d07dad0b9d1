import { type RefObject, useEffect } from 'react';
import { getBackTo, keepPlace, placeKept } from '../api/keep-place.js';

/** Who goes back to a list finds it where it was left. */
export const useKeptPlace = (
  scroller: RefObject<HTMLDivElement | null>,
  label: string,
  isShown: boolean,
): void => {
  useEffect(() => {
    const element = scroller.current;
    if (!element || !isShown) return;
    const stop = getBackTo(placeKept(label), (at) => {
      element.scrollTop = at;
      return element.scrollTop;
    });
    const keep = (): void => keepPlace(label, element.scrollTop);
    element.addEventListener('scroll', keep, { passive: true });
    return () => {
      stop();
      element.removeEventListener('scroll', keep);
    };
  }, [scroller, label, isShown]);
};
