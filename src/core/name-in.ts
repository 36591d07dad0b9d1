/** Fields that tell what a thing is called, the best first: `name`, `title`, `hostname`. */
const NAMES = [/^name$/, /^title$/, /^[a-z]+name$/];

type Document = Readonly<Record<string, unknown>>;

/** The field that a thing is called by, out of those it has. */
export const nameField = (fields: readonly string[]): string | undefined =>
  NAMES.map((name) => fields.find((one) => name.test(one))).find(Boolean);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** What a document says that it is called; undefined when it has no name. */
export const nameIn = (document: Document | undefined): string | undefined => {
  const entries = Object.entries(document ?? {});
  const found = NAMES.map((name) => entries.find(([field]) => name.test(field))?.[1]);
  return found.map(textOf).find((one) => one !== undefined);
};
