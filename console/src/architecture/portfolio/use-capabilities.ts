import { useMemo } from 'react';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import type { MomentQuery } from '../../ui/moment-picker.js';

type Node = { readonly id: string; readonly name: string; readonly children: readonly Node[] };
export type CapabilityChoice = {
  readonly id: string;
  readonly name: string;
  /** 0 = a root. */
  readonly depth: number;
};

/** A tree as a list in the order of reading, each with how deep it stands. */
export const choicesOf = (nodes: readonly Node[], depth = 0): readonly CapabilityChoice[] =>
  nodes.flatMap(({ id, name, children }) => [
    { id, name: name || id, depth },
    ...choicesOf(children, depth + 1),
  ]);

/** All capabilities, to narrow by one of them with everything below it. */
export const useCapabilities = (moment: MomentQuery): readonly CapabilityChoice[] => {
  const { data } = useAnswer<Report<{ readonly nodes: readonly Node[] }>>(
    '/views/capability-map/tree',
    moment,
    { follows: ['BusinessCapability'] },
  );
  return useMemo(() => choicesOf(data?.answer.nodes ?? []), [data]);
};
