import { useMemo } from 'react';
import type { FrontPage, View } from './types.js';
import { useAnswer } from './use-answer.js';

/** Definitions do not change while a node runs. */
const STATIC = { follows: [] } as const;

export type Kind = {
  readonly type: string;
  readonly summary: string;
  /** The plural in paths: `applications`. */
  readonly plural: string;
};

/** What there is on this node; whether it is known, or why not. */
export const useFrontPage = () => useAnswer<FrontPage>('/', {}, STATIC);

/** The aggregate types there are, in the order of their definition. */
export const useKinds = (): readonly Kind[] => {
  const { data } = useFrontPage();
  return useMemo(
    () =>
      (data?.aggregates ?? []).map(({ aggregate_type: type, summary, paths }) => ({
        type,
        summary,
        plural: (paths[0] ?? '').slice(1),
      })),
    [data],
  );
};

export const useKindOf = (typeOrPlural: string | undefined): Kind | undefined =>
  useKinds().find(({ type, plural }) => type === typeOrPlural || plural === typeOrPlural);

export const useViewsAnswer = () => useAnswer<{ views: readonly View[] }>('/views', {}, STATIC);
export const useViews = (): readonly View[] => useViewsAnswer().data?.views ?? [];

/** Where an aggregate is shown: its type by name or as in positions (`application`). */
export const useThingHref = (): ((type: string, id: string) => string) => {
  const kinds = useKinds();
  return (type, id) => {
    const kind = kinds.find((one) => one.type === type || one.plural === type);
    return `/things/${kind?.plural ?? type}/${encodeURIComponent(id)}`;
  };
};
