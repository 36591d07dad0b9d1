import { useEffect, useState } from 'react';

/** The time, told anew every so many milliseconds, and never more exact than that. */
export const useNow = (everyMs: number): number => {
  const whole = (): number => Math.floor(Date.now() / everyMs) * everyMs;
  const [now, setNow] = useState(whole);
  useEffect(() => {
    const timer = setInterval(
      () => setNow(Math.floor(Date.now() / everyMs) * everyMs),
      Math.min(everyMs, 1_000),
    );
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};
