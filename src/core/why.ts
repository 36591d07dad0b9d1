import type { CommandSpec } from './message.js';

/**
 * Why something is done has one name for whoever says it, the first; the others mean the same. What
 * a definition calls it is the definition's own.
 */
export const WHY = ['reason', 'justification', 'business_justification'] as const;

export const isWhy = (name: string): boolean => WHY.some((one) => one === name);

type Fields = Readonly<Record<string, unknown>>;
type Said = { readonly data: Fields; readonly justification: string | undefined };

/** The field in which a command is told why; undefined when it has none. */
export const whyOf = ({ data: { shape } }: Pick<CommandSpec, 'data'>): string | undefined =>
  WHY.find((name) => Object.hasOwn(shape, name));

/** Longest that an envelope holds, characters. */
const JUSTIFICATION_MAX = 2_000;
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= JUSTIFICATION_MAX;

const without = (data: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));

/**
 * The data and the justification of a command, from what was said under any of the names. What the
 * definition calls otherwise is that; what it has no field for is the justification, which also
 * fills a field that must be there. What fits nowhere stays a field that is not known. But a field
 * of its own is no justification: a sensitive command is asked for that by itself.
 */
export const understandWhy = (spec: CommandSpec, { data, justification }: Said): Said => {
  const own = whyOf(spec);
  const strange = WHY.filter((name) => name !== own && Object.hasOwn(data, name)).filter(
    (name) => !Object.hasOwn(spec.data.shape, name),
  );
  const isMissing = own !== undefined && !Object.hasOwn(data, own);
  const isRequired = isMissing && !spec.data.shape[own]?.safeParse(undefined).success;
  const [first] = strange;
  let understood = data;
  if (isMissing && first !== undefined)
    understood = { ...without(data, [first]), [own]: data[first] };
  else if (isRequired && justification !== undefined)
    understood = { ...data, [own]: justification };
  const [left] = strange.slice(understood === data ? 0 : 1);
  let why = justification;
  if (left !== undefined && why === undefined && isText(data[left])) {
    why = data[left].trim();
    understood = without(understood, [left]);
  }
  return { data: understood, justification: why };
};
