import type { z } from 'zod';
import type { AnyObject, AnySchema } from './any-schema.js';
import type { Context, State } from './context.js';
import type { ReferenceSpec } from './reference.js';
import type { Refusal } from './refusal.js';

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

/**
 * How a command says that a field of a resource gets another value: `to` = in this field of its
 * own, where `empty` is sent for null; `add`, `remove` = the members of a list that are missing, or
 * too many, in this field;
 * `clear` = by being sent at all, when the value is null; `members` = the members of an object, in
 * fields of its own that are called like them.
 */
export type Setting =
  | { readonly members: readonly string[] }
  | { readonly to: string; readonly empty?: string }
  | { readonly add: string }
  | { readonly remove: string }
  | 'clear';

type Values = Readonly<Record<string, unknown>>;
type Judge = (self: State, command: Values, context: Context) => Refusal | undefined;

/**
 * A part that is written like a resource of its own: under the plural `within`, by its commands. A
 * boundary of that name, too, folds which aggregate has which part: an id names one thing for ever.
 */
export type PartResource = {
  /** What people call one. */
  readonly one: string;
  /** The field of its documents that says which aggregate it is in. */
  readonly owner: string;
  /** The command that begins one, and the one that ends it. */
  readonly begins: string;
  readonly ends: string;
  /** What documents call its fields, where that is something else. */
  readonly called?: Readonly<Record<string, string>>;
};

/** Something inside an aggregate that has fields of its own, such as an interface. */
export type PartSpec = {
  /** The record of the data that holds them by their ids. */
  readonly within: string;
  /** The field of commands and events that says which one it is. */
  readonly id: string;
  readonly schema: AnySchema;
  readonly resource?: PartResource;
  /** The part, as long as it may be changed. */
  find(self: State, id: string): Values | Refusal;
};

/** What a command does that does nothing but change one field. */
export type Deed = {
  readonly how: 'set' | 'clear' | 'add' | 'remove';
  readonly field: string;
  /** The field of the command that carries the value; null when it is sent to clear. */
  readonly by: string | null;
  readonly event: string;
  readonly schema: z.ZodType;
  /** The field of the event that has the value of before; null for the members of a list. */
  readonly previous: string | null;
  /** What is set where there shall be nothing; undefined when another command clears. */
  readonly empty: string | undefined;
  readonly part: PartSpec | null;
  /** The command that clears what this one sets, or removes what it adds. */
  readonly opposite: { readonly command: string; readonly spec: CommandSpec } | null;
  readonly evolve: (data: Values, event: Values) => object;
  /** The event, or why not; `judge` says what is special about it. */
  readonly decide: (
    told: { readonly self: State; readonly command: Values; readonly context: Context },
    judge: Judge | undefined,
  ) => readonly { readonly type: string; readonly data: unknown }[] | Refusal;
};

/** The fields of the command that carry the value; none for one that clears by being sent. */
export const parametersOf = (how: Setting): readonly string[] => {
  if (how === 'clear') return [];
  if ('members' in how) return how.members;
  if ('to' in how) return [how.to];
  return ['add' in how ? how.add : how.remove];
};

/** The one field of the command that carries the value; none where there are none or several. */
export const parameterOf = (how: Setting): string | undefined =>
  how !== 'clear' && 'members' in how ? undefined : parametersOf(how)[0];

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
  /** The part of the aggregate that it is about: what it sets are fields of that. */
  readonly of?: Omit<PartSpec, 'find'>;
  /** All that it does, when it was declared as the command that changes a field. */
  readonly does?: Deed;
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
