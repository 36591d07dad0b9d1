import type { StoredEvent } from '../api/types.js';
import { kebabOf } from '../forms/words-of.js';

/** How events name the event that they put right. */
const REFERENCES = ['original_event_id', 'corrects_event_id'] as const;

/** The event that this one corrects; undefined when it corrects none. */
export const correctedBy = ({ data }: Pick<StoredEvent, 'data'>): string | undefined => {
  const said = REFERENCES.map((name) => data[name]).find((one) => typeof one === 'string');
  return typeof said === 'string' ? said : undefined;
};

/** Why, from wherever it was said: the justification, or a reason that the event itself has. */
export const reasonsOf = ({
  business_justification,
  data,
}: Pick<StoredEvent, 'business_justification' | 'data'>): readonly string[] => {
  const said = [business_justification, data.reason, data.justification, data.comment];
  const texts = said.filter((one): one is string => typeof one === 'string' && one !== '');
  return [...new Set(texts)];
};

type Place = { readonly source: string; readonly sequence: number };
export type Taker = {
  readonly name: string;
  readonly state: string;
  readonly parked_events: number;
  readonly sources: readonly Place[];
};
type Taken = { readonly name: string; readonly state: string; readonly has: boolean };

/** Which read models have an event, and which are still on their way to it. */
export const takenBy = (
  { position, aggregate_type }: Pick<StoredEvent, 'position' | 'aggregate_type'>,
  takers: readonly Taker[],
): readonly Taken[] => {
  const sequence = Number(position.split(':')[1] ?? 0);
  return takers.flatMap(({ name, state, sources }) => {
    const own = sources.find(({ source }) => source === kebabOf(aggregate_type));
    return own ? [{ name, state, has: own.sequence >= sequence }] : [];
  });
};
