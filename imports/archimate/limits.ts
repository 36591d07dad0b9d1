/** What a file may be at most; a model with thousands of elements stays far below. */
export const LIMITS = {
  /** Of one file. */
  bytes: 64 * 1024 * 1024,
  /** Tags within tags. Folders within folders are what is deepest in real models. */
  depth: 200,
  /** Tags of one file that are kept. */
  tags: 2_000_000,
  attributes: 100,
  /** Characters of an identifier. */
  id: 255,
};
export type Limits = Readonly<typeof LIMITS>;
