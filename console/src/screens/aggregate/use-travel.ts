import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useUrlState } from '../../api/use-url-state.js';
import { inAddress, type Moment, momentIn } from './moment.js';

/** A slider that moves asks the server once it rests for so long. */
const REST_MS = 120;

export type Travel = {
  /** The moment that stands in the address, and that the server is asked about. */
  readonly moment: Moment;
  /** Where a slider is just now: what is known without asking follows it at once. */
  readonly shown: Moment;
  readonly go: (moment: Moment) => void;
  readonly slide: (moment: Moment) => void;
};

/** Which moment of its life a screen shows, and how to go to another. */
export const useTravel = (): Travel => {
  const { params, patch } = useUrlState();
  const text = params.toString();
  const moment = useMemo(() => {
    const said = new URLSearchParams(text);
    return momentIn((name) => said.get(name) ?? undefined);
  }, [text]);
  const [slid, setSlid] = useState<Moment>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What the address says has the last word: it may also change by going back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the address changes
  useEffect(() => setSlid(undefined), [moment]);
  const go = useCallback(
    (to: Moment) => {
      clearTimeout(timer.current);
      setSlid(undefined);
      patch(inAddress(to));
    },
    [patch],
  );
  const slide = useCallback(
    (to: Moment) => {
      setSlid(to);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => patch(inAddress(to), { replace: true }), REST_MS);
    },
    [patch],
  );
  return { moment, shown: slid ?? moment, go, slide };
};
