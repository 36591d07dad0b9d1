import { address, type Query } from '../api/address.js';
import type { Page, StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { useMay } from '../api/use-session.js';
import type { Reference } from './find-names.js';
import { useRested } from './use-found-things.js';

const FOUND_MAX = 6;
/** The beginning of an id as it is shown, or all of it. */
const BEGINNING = /^[0-9a-f]{4,8}(?:-[0-9a-f-]{0,27})?$/i;

/** Every id that begins so: what follows is a digit, a letter up to `f` or a hyphen. */
const beginning = (field: string, text: string): Query => ({
  [`${field}.gte`]: text,
  [`${field}.lt`]: `${text}g`,
  limit: FOUND_MAX,
});

type Lived = { readonly aggregate_type: string; readonly aggregate_id: string };

/** Things and events whose id begins with a text. */
export const useFoundByBeginning = (text: string) => {
  const wanted = text.trim().toLowerCase();
  const asked = useRested(wanted);
  const isAsked = BEGINNING.test(asked);
  const mayAudit = useMay('audit');
  const things = useAnswer<Page<Lived>>(
    isAsked
      ? address('/views/lifecycles', {
          ...beginning('aggregate_id', asked),
          include_deleted: true,
        })
      : null,
    {},
    { follows: [] },
  );
  const events = useAnswer<Page<StoredEvent>>(
    isAsked && mayAudit ? address('/audit', beginning('event_id', asked)) : null,
    {},
    { follows: [] },
  );
  const isNow = isAsked && asked === wanted;
  return {
    things: isNow
      ? (things.data?.items ?? []).map(
          (one): Reference => ({ type: one.aggregate_type, id: one.aggregate_id }),
        )
      : [],
    events: isNow ? (events.data?.items ?? []) : [],
    settled: asked === wanted && !things.isFetching && !events.isFetching,
  };
};
