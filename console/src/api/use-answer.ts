import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { isNotNow } from '../../../src/client/stele-problem.js';
import { address, type Query } from './address.js';
import { ask, node } from './node.js';

/** A question that could not be answered now is asked again this often, by itself. */
const ASK_AGAIN_MS = 3_000;

export type AnswerOptions = {
  /** Asked anew every so many milliseconds. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
  /** Live events of these aggregate types ask it anew; default: of any type. `[]`: of none. */
  readonly follows?: readonly string[];
  /** Add what was written here, so that it is seen; for views and lists of the read side. */
  readonly reflects?: boolean;
};

/**
 * What the server answers to a question, kept fresh: asked anew after live events, and when the
 * server could not answer. `error` is what went wrong last, `data` what is known until then.
 */
export const useAnswer = <T>(
  path: string | null,
  query: Query = {},
  options: AnswerOptions = {},
): UseQueryResult<T, Error> => {
  const { everyMs, enabled = true, follows, reflects = false } = options;
  const full = path === null ? '' : address(path, query);
  return useQuery<T, Error>({
    queryKey: ['answer', full],
    enabled: enabled && path !== null,
    meta: { follows },
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: ({ state }) =>
      state.status === 'error' && isNotNow(state.error) ? ASK_AGAIN_MS : (everyMs ?? false),
    queryFn: ({ signal }) => {
      const isNow = !('as_of' in query || 'effective_at' in query);
      const how = { signal };
      return reflects && isNow ? node.read<T>(full, {}, how) : ask<T>(full, how);
    },
  });
};
