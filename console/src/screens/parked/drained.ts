/** What trying again came to. */
export type Drained = { readonly drained: number; readonly still_parked: number };
