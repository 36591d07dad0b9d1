import type { CommandSpec } from './message.js';
import { isBlank } from './unseen.js';

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
export const JUSTIFICATION_MAX = 2_000;
/** Whether something can be a justification. */
export const isReason = (value: unknown): value is string =>
  typeof value === 'string' && !isBlank(value) && value.length <= JUSTIFICATION_MAX;

/**
 * The justification among what was said, and under which name: a text that stands under one of the
 * names of why, unless that is a field of what it is said to.
 */
export const justificationAmong = (
  said: ReadonlyMap<string, unknown>,
  isOwn: (name: string) => boolean,
): { readonly name: string; readonly text: string } | undefined => {
  for (const name of WHY) {
    const value = said.get(name);
    if (!isOwn(name) && isReason(value)) return { name, text: value.trim() };
  }
  return undefined;
};

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
  if (justification !== undefined) return { data: understood, justification };
  const isOwn = (name: string): boolean => Object.hasOwn(spec.data.shape, name);
  const why = justificationAmong(new Map(Object.entries(understood)), isOwn);
  return why
    ? { data: without(understood, [why.name]), justification: why.text }
    : { data: understood, justification };
};
