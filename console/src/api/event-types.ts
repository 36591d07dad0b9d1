import { useMemo } from 'react';
import { useAnswer } from './use-answer.js';

type Schemas = {
  readonly schemas: readonly { readonly events: Readonly<Record<string, string>> }[];
};

/** The names of all events: an event stream names each of its messages by its type. */
export const useEventTypes = (): readonly string[] | undefined => {
  const { data } = useAnswer<Schemas>('/schemas', {}, { follows: [] });
  return useMemo(
    () => data && [...new Set(data.schemas.flatMap(({ events }) => Object.keys(events)))],
    [data],
  );
};
