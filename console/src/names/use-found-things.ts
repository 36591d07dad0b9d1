import { useQueries } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { nameIn } from '../../../src/core/name-in.js';
import { address } from '../api/address.js';
import { ask } from '../api/node.js';
import { useFrontPage, useViewsAnswer } from '../api/use-kinds.js';
import { hrefOf, type Named } from './find-names.js';
import type { Referent } from './referent.js';
import { useReferents } from './use-name.js';

/** The server is asked once typing has rested for so long. */
const TYPED_MS = 150;
const FOUND_MAX = 50;
const LETTERS_MIN = 2;

type Document = Readonly<Record<string, unknown>> & { readonly id: string };
type Listed = { readonly items: readonly Document[]; readonly has_more: boolean };

/** A text once it has rested. */
export const useRested = (text: string): string => {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
};

/** Before it is known what lists there are, nothing is found because nothing is asked. */
const useAreListsKnown = (): boolean => {
  const frontPage = useFrontPage();
  const views = useViewsAnswer();
  return !frontPage.isPending && !views.isPending;
};

/** What has a text in its name; among too many to be shown the one that is called so exactly. */
const search = async (
  { plural, named }: Referent,
  text: string,
  signal: AbortSignal,
): Promise<readonly Document[]> => {
  const path = `/${plural}`;
  const { items, has_more } = await ask<Listed>(address(path, { search: text, limit: FOUND_MAX }), {
    signal,
  });
  if (!has_more || !named) return items;
  const exact = await ask<Listed>(address(path, { [named]: text, limit: 1 }), { signal });
  return [...exact.items.filter(({ id }) => items.every((one) => one.id !== id)), ...items];
};

/** Things of any type by a part of their name; whether that is all there is to this very text. */
export const useFoundThings = (
  text: string,
): { readonly found: readonly Named[]; readonly settled: boolean } => {
  const referents = useReferents();
  const listsKnown = useAreListsKnown();
  const wanted = text.trim();
  const asked = useRested(wanted);
  const enabled = asked.length >= LETTERS_MIN;
  const answers = useQueries({
    queries: referents
      .filter(({ searched, named }) => searched && named)
      .map((referent) => ({
        queryKey: ['found', referent.plural, asked],
        meta: { follows: [] },
        enabled,
        retry: false,
        queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
          (await search(referent, asked, signal)).map((document): Named => {
            const { type } = referent;
            const { id } = document;
            return {
              type,
              id,
              name: nameIn(document) ?? id,
              href: hrefOf(referents, { referent, document }),
            };
          }),
      })),
  });
  return {
    found: enabled && asked === wanted ? answers.flatMap(({ data }) => data ?? []) : [],
    settled:
      asked === wanted &&
      listsKnown &&
      (!enabled || answers.every(({ isFetching }) => !isFetching)),
  };
};
