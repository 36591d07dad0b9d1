import type { z } from 'zod';
import type { AnySchema } from './any-schema.js';

/** Another aggregate that a command names in one of its fields; it must exist when it decides. */
export type ReferenceSpec<V extends AnySchema = z.ZodType> = {
  /**
   * Name of the other definition; or the field of the command that says which it is, and what its
   * values mean. A value that is not listed is looked up nowhere: the definition must check it.
   */
  readonly of: string | { readonly by: string; readonly is: Readonly<Record<string, string>> };
  /** The field of the command that holds its id; null or absent = no reference. */
  readonly by: string;
  /** What the decision needs to see of the other's data. */
  readonly view: V;
};

/** The types that a reference may lead to. */
export const typesOf = ({ of }: ReferenceSpec): readonly string[] =>
  typeof of === 'string' ? [of] : [...new Set(Object.values(of.is))];

/** The type that a reference of some data leads to; undefined = none that can be looked up. */
export const typeOf = (
  { of }: ReferenceSpec,
  data: Readonly<Record<string, unknown>>,
): string | undefined => {
  if (typeof of === 'string') return of;
  const said = data[of.by];
  return typeof said === 'string' && Object.hasOwn(of.is, said) ? of.is[said] : undefined;
};
