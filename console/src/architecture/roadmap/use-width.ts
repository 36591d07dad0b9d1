import { type RefObject, useLayoutEffect, useState } from 'react';

/** How wide an element is, also after the window changed. */
export const useWidth = (element: RefObject<HTMLElement | null>): number => {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const one = element.current;
    if (!one) return;
    const observer = new ResizeObserver(() => setWidth(one.clientWidth));
    observer.observe(one);
    setWidth(one.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
};
