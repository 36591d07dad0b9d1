import type { z } from 'zod';
import type { AnyObject, AnySchema } from './any-schema.js';

/** An event type: its schema, the version of the schema, and how older versions become this one. */
export type EventSpec<S extends AnySchema = z.ZodType> = {
  readonly schema: S;
  readonly version: number;
  /** `upcast[n]` turns data of version n into data of version n + 1. Pure. */
  readonly upcast: Readonly<Record<number, (data: Readonly<Record<string, unknown>>) => unknown>>;
};

/**
 * An event whose schema has changed since it was first written.
 *
 * @example
 * event(z.object({ owner: z.string(), reason: z.string() }), {
 *   version: 2,
 *   upcast: { 1: (old) => ({ ...old, reason: 'not recorded' }) },
 * })
 */
export const event = <S extends AnySchema>(
  schema: S,
  { version = 1, upcast = {} }: Partial<Omit<EventSpec, 'schema'>> = {},
): EventSpec<S> => ({ schema, version, upcast });

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

/**
 * How a command says that a field of a resource gets another value: `to` = in this field of its
 * own; `add`, `remove` = the members of a list that are missing, or too many, in this field;
 * `clear` = by being sent at all, when the value is null.
 */
export type Setting =
  | { readonly to: string }
  | { readonly add: string }
  | { readonly remove: string }
  | 'clear';

type AnyReferences = Readonly<Record<string, ReferenceSpec<AnySchema>>>;

export type CommandSpec<
  S extends AnyObject = z.ZodObject,
  Emits extends readonly string[] = readonly string[],
  R extends AnyReferences = Readonly<Record<string, ReferenceSpec>>,
> = {
  readonly data: S;
  /** The events it may produce. */
  readonly emits: Emits;
  /** One sentence for people. */
  readonly summary?: string;
  /** Who may send it. */
  readonly roles: readonly string[];
  /** Needs `metadata.business_justification` (AC-007). */
  readonly sensitive?: boolean;
  /** Its events raise an audit alert (REQ-022). */
  readonly critical?: boolean;
  /** Needs `metadata.approval_id` (SEC-004). */
  readonly approval?: boolean;
  /** Nobody sends it for somebody else, not even who tells the history of others. */
  readonly inPerson?: boolean;
  /** Other names it is known by. */
  readonly aliases?: readonly string[];
  readonly references?: R;
  /**
   * The id of the aggregate that it creates follows from what it says: the same twice is the same
   * aggregate. Pure.
   */
  identity?(data: z.output<S>): string;
  /**
   * The fields of the resource that it changes, and how: what `PATCH`, `PUT` and `POST` on the
   * resource are made of. A field is the resource's name for it.
   */
  readonly sets?: Readonly<Record<string, Setting>>;
  /** Boundaries it is decided against. One over the aggregate's own type is also fenced. */
  readonly boundaries?: readonly string[];
};

/** A command as an author hands it in, with schemas of whichever copy of zod. */
export type AnyCommand = CommandSpec<AnyObject, readonly string[], AnyReferences>;

/**
 * A command: what it carries, what it may produce, who may send it, what it needs.
 *
 * @example
 * command({ data: z.object({ name: Name }), emits: ['CapabilityRenamed'], roles: ['architect'] })
 */
export const command = <
  S extends AnyObject,
  const Emits extends readonly string[],
  R extends Readonly<
    Record<string, ReferenceSpec<AnySchema> & { readonly by: keyof z.output<S> & string }>
  > = Readonly<Record<never, never>>,
>(
  spec: CommandSpec<S, Emits, R>,
): CommandSpec<S, Emits, R> => spec;
