import type { Moment } from './moment.js';

/** A stay in a status, as `/statuses` answers. */
export type StatusPeriod = {
  readonly status: string;
  readonly from: string;
  readonly to: string | null;
  readonly seconds: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_version: number;
  readonly command_type: string | null;
  readonly actor: string;
  readonly business_justification: string | null;
};
export type StatusHistory = { readonly items: readonly StatusPeriod[]; readonly total: number };

/** One change of status: an edge of the picture that it went along. */
export type StatusStep = {
  readonly number: number;
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly stay: StatusPeriod;
};

/** The way it took. What an answer cut off at its beginning is numbered, but not in it. */
export const stepsOf = (
  { items, total }: StatusHistory,
  initial: string,
  states: readonly string[] = [],
): readonly StatusStep[] =>
  items.flatMap((stay, nth) => {
    const number = total - items.length + nth + 1;
    const from = items[nth - 1]?.status ?? (number === 1 ? initial : undefined);
    const known = from !== undefined && (states.length === 0 || states.includes(stay.status));
    return known ? [{ number, from, event: stay.event_type, to: stay.status, stay }] : [];
  });

/** The last step made by a moment; undefined: it was not there yet. */
export const stepAt = (
  steps: readonly StatusStep[],
  moment: Moment,
  /** The version that the server found for a date, once it is known. */
  version?: number,
): StatusStep | undefined => {
  if (moment.kind === 'now') return steps.at(-1);
  if (moment.kind === 'version')
    return steps.findLast(({ stay }) => stay.aggregate_version <= moment.version);
  if (moment.kind === 'as_of')
    return version === undefined
      ? undefined
      : steps.findLast(({ stay }) => stay.aggregate_version <= version);
  // A date is the end of that day.
  const end = moment.at.length === 10 ? `${moment.at}T23:59:59.999Z` : moment.at;
  return steps.findLast(({ stay }) => Date.parse(stay.from) <= Date.parse(end));
};
