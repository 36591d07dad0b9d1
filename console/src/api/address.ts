import { address as addressOf } from '../../../src/client/address.js';

export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;

/** `/applications` and `{ lifecycle: ['active'] }` as one address; what is empty is left out. */
export const address = (path: string, query: Query = {}): string =>
  addressOf(
    path,
    Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== '')),
  );

/** A segment of a path. */
export const seg = encodeURIComponent;
