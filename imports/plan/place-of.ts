/** Names as they are compared where each may stand once. */
export const normalized = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').trim().replaceAll(/\s+/g, ' ');

/** Where a name stands. */
export const placeOf = (scope: string, name: string): string => `${scope}/${normalized(name)}`;
