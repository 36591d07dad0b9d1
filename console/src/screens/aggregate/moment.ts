import type { Query } from '../../api/address.js';

/** The point of its life that is shown. */
export type Moment =
  | { readonly kind: 'now' }
  /** After so many events. */
  | { readonly kind: 'version'; readonly version: number }
  /** What was true on a day, or at a time. */
  | { readonly kind: 'effective_at'; readonly at: string }
  /** What was known then. */
  | { readonly kind: 'as_of'; readonly at: string };
export type Clock = 'effective_at' | 'as_of';

export const NOW: Moment = { kind: 'now' };
const DAY_MS = 86_400_000;

/** The moment that an address names: `at=v12`, `effective_at=2019-05-01`, `as_of=…`. */
export const momentIn = (get: (name: string) => string | undefined): Moment => {
  const version = /^v?([1-9]\d{0,8})$/.exec(get('at') ?? '')?.[1];
  if (version !== undefined) return { kind: 'version', version: Number(version) };
  for (const kind of ['effective_at', 'as_of'] as const) {
    const at = get(kind);
    if (at) return { kind, at };
  }
  return NOW;
};

/** What stands in the address for a moment; the other ways to say one are taken out. */
export const inAddress = (moment: Moment) => ({
  at: null,
  effective_at: null,
  as_of: null,
  ...(moment.kind === 'version' && { at: `v${moment.version}` }),
  ...((moment.kind === 'effective_at' || moment.kind === 'as_of') && { [moment.kind]: moment.at }),
});

/** How one asks for the thing as it was. */
export const documentQuery = (moment: Moment): Query => ({
  include_deleted: true,
  ...(moment.kind === 'version' && { version: moment.version }),
  ...((moment.kind === 'effective_at' || moment.kind === 'as_of') && { [moment.kind]: moment.at }),
});

/** How one asks what is different since: `from` is the moment itself. */
export const sinceQuery = (moment: Moment): Query => {
  if (moment.kind === 'now') return { from: 'now' };
  if (moment.kind === 'version') return { from: moment.version };
  return { from: moment.at, clock: moment.kind === 'as_of' ? 'recorded' : 'effective' };
};

/** Days since 1970, in UTC: a slider over dates has whole numbers. */
export const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY_MS);
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A version, as far as it is there: nobody sees one that is still to come. */
export const versionThere = (version: number, last: number | undefined): number | undefined =>
  last !== undefined && version > last ? undefined : version;

/** Where on a slider something is, from 0 to 1. */
export const shareOf = (at: number, min: number, max: number): number =>
  max <= min ? 0 : Math.min(1, Math.max(0, (at - min) / (max - min)));

/** The moment that a place on the slider over dates means: its end is now. */
export const momentOn = (day: number, today: number, clock: Clock): Moment =>
  day >= today ? NOW : { kind: clock, at: dateOf(day) };
/** The moment that a place on the slider over versions means. */
export const momentAt = (version: number, last: number): Moment =>
  version >= last ? NOW : { kind: 'version', version };
