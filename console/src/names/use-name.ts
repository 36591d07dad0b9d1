import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isNotNow } from '../../../src/client/stele-problem.js';
import { node } from '../api/node.js';
import { useKinds, useViews } from '../api/use-kinds.js';
import { findNames, type Named, type Names, type Reference } from './find-names.js';
import { gathering } from './gathering.js';
import { type Referent, referentOf, referentsOf } from './referent.js';

/** A name is asked for anew when it is looked at so long after. */
const STALE_AFTER_MS = 60_000;
const ASK_AGAIN_MS = 3_000;

/** A name shows what was written here, too. */
const page: Names['page'] = (path) => node.read(path, {});

/** All that can be named by an id. */
export const useReferents = (): readonly Referent[] => {
  const kinds = useKinds();
  const views = useViews();
  return useMemo(() => referentsOf(kinds, views), [kinds, views]);
};

let referents: readonly Referent[] = [];
/** All names that a screen asks for within a moment are a question for each list. */
const askName = gathering((asked: readonly Reference[]) => findNames({ referents, page }, asked));

/** Who asks for a name can do without: only what may pass by itself is told and tried again. */
const nameOf = async (one: Reference): Promise<Named | null> => {
  try {
    return (await askName(one)) ?? null;
  } catch (error) {
    if (isNotNow(error)) throw error;
    return null;
  }
};

const queryOf = (known: readonly Referent[], { type, id = '' }: Partial<Reference>) => {
  const follows = (type && referentOf(known, type)) || undefined;
  return {
    queryKey: ['name', type ?? '', id],
    enabled: known.length > 0 && id !== '',
    meta: { follows: follows ? [follows.whole ?? follows.type] : [] },
    staleTime: STALE_AFTER_MS,
    retry: false,
    refetchInterval: ({ state }: { readonly state: { readonly error: Error | null } }) =>
      isNotNow(state.error) ? ASK_AGAIN_MS : (false as const),
    queryFn: () => {
      referents = known;
      return nameOf({ type, id });
    },
  };
};

/** What an id names; undefined until that is known, and when it names nothing that is known. */
export const useNamed = (one: Partial<Reference>): Named | undefined =>
  useQuery<Named | null, Error>(queryOf(useReferents(), one)).data ?? undefined;

export const useName = (one: Partial<Reference>): string | undefined => useNamed(one)?.name;

/** What several ids name, and whether that is all that is known. */
export const useNames = (
  all: readonly Reference[],
): { readonly named: readonly Named[]; readonly settled: boolean } => {
  const known = useReferents();
  const answers = useQueries({ queries: all.map((one) => queryOf(known, one)) });
  return {
    named: answers.flatMap(({ data }) => data ?? []),
    settled: answers.every(({ isLoading }) => !isLoading),
  };
};
