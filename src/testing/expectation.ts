/** What a test expected and did not get; its message shows both. */
export class Expectation extends Error {
  override readonly name = 'Expectation';
}
/** A value as people read it. */
export const show = (value: unknown): string => JSON.stringify(value, null, 2);
/** A value as it is when it comes back from JSON. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
