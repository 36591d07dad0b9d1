import { z } from 'zod';
import type { Aggregate, ClaimSpec, Ownership, ToApprove, Typed } from './aggregate.js';
import { type AnyObject, type AnySchema, ownSchema } from './any-schema.js';
import type { Boundary } from './boundary.js';
import { canonical, sha256 } from './canonical.js';
import type { Chart } from './chart.js';
import { check } from './check.js';
import type { Context, EventMeta } from './context.js';
import type { Declared } from './declared.js';
import { expand, type Given } from './expand.js';
import { kebab, pluralOf } from './ids.js';
import type { AnyCommand, EventSpec } from './message.js';
import type { Refusal } from './refusal.js';

type Names<T> = keyof T & string;
export type EventSource = AnySchema | EventSpec<AnySchema>;
type EventSchema<S> =
  S extends EventSpec<infer Z extends AnySchema> ? Z : S extends AnySchema ? S : never;
type EventData<S> = z.output<EventSchema<S>>;

/** `{ type, data }` of the events named, as `decide` returns them. */
export type EventOf<E, T extends Names<E> = Names<E>> = {
  [K in T]: { readonly type: K; readonly data: z.input<EventSchema<E[K]>> };
}[T];

type StatusOf<Ch extends Chart> = Names<Ch['states']>;
type Literal<S, F extends string> =
  EventData<S> extends Record<F, infer V extends string> ? V : never;

/** The chart again, with every edge checked: known events, known targets, real literal values. */
export type CheckedChart<Ch extends Chart, E> = {
  readonly initial: StatusOf<Ch>;
  readonly states: {
    readonly [S in keyof Ch['states']]: Ch['states'][S] extends { readonly on: infer On }
      ? {
          readonly on: {
            readonly [T in keyof On]: T extends Names<E>
              ? On[T] extends string
                ? StatusOf<Ch>
                : On[T] extends { readonly by: infer F extends string; readonly to: infer To }
                  ? {
                      readonly by: Names<EventData<E[T]>>;
                      readonly to: {
                        readonly [V in keyof To]: V extends Literal<E[T], F> ? StatusOf<Ch> : never;
                      };
                    }
                  : On[T]
              : never;
          };
        }
      : unknown;
  };
};

type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type EventsWith<C> = Both<
  { [T in keyof C]: C[T] extends Declared<infer E, unknown> ? E : never }[keyof C]
>;
type CommandsWith<C> = Both<
  { [T in keyof C]: C[T] extends Declared<unknown, infer O> ? O : never }[keyof C]
>;
/** The events an author wrote, and those that came with the commands that change a field. */
export type EventsOf<E, C> = E & EventsWith<C>;
/** The commands an author wrote, and those that take back what others of them do. */
export type CommandsOf<C> = C & CommandsWith<C>;
type NamesOfDeclared<C> = {
  [T in Names<C>]: C[T] extends { readonly does: object } ? T : never;
}[Names<C>];

type CheckedCommands<C extends Readonly<Record<string, AnyCommand>>, E> = {
  readonly [T in keyof C]: { readonly emits: readonly Names<E>[] };
};

export type Definition<
  N extends string,
  E extends Readonly<Record<string, EventSource>>,
  C extends Readonly<Record<string, AnyCommand>>,
  D extends AnyObject,
  Ch extends Chart,
  B extends Readonly<Record<string, Boundary>>,
> = {
  /** PascalCase noun: the `aggregate_type`. */
  readonly name: N;
  readonly summary: string;
  /** Path segment of its routes; default: the kebab-case name with an s. */
  readonly plural?: string;
  /** Other nouns it is known by; their plurals are routes too. */
  readonly aliases?: readonly string[];
  /**
   * Raise it when a function that `evolve` calls has changed: snapshots know what `evolve` itself
   * says, not what it calls. Default 1.
   */
  readonly revision?: number;
  /** Those of the commands that change a field come with them. */
  readonly events: E;
  readonly commands: C & CheckedCommands<C, EventsOf<E, C>>;
  readonly data: D;
  /** An event that came with a command has an arrow in every `editable` status, unless said here. */
  readonly chart: Ch & CheckedChart<Ch, EventsOf<E, C>>;
  /** Where fields may be changed; default: as long as it is there and not deleted. */
  readonly editable?: readonly StatusOf<Ch>[];
  readonly boundaries?: B;
  readonly claims?: Readonly<Record<string, ClaimSpec<StatusOf<Ch>, z.output<D>>>>;
  readonly ownership?: Ownership<z.output<D>>;
  /**
   * An aggregate of this type is what `approval_id` names: why it does not allow a command, or
   * undefined when it does. One definition of an application has it. Pure.
   */
  readonly approves?: (
    self: { readonly status: StatusOf<Ch>; readonly data: z.output<D> },
    command: ToApprove,
  ) => Refusal | undefined;
  /**
   * Data before and an event → what changes; null = nothing but the status. An event without data
   * needs no entry, nor does one that came with a command: an entry says more than that it sets.
   */
  readonly evolve: {
    readonly [T in Names<EventsOf<E, C>>]?:
      | ((
          data: z.output<D>,
          event: EventData<EventsOf<E, C>[T]>,
          meta: EventMeta,
        ) => Partial<z.output<D>>)
      | null;
  };
  /** State and a command → events, or a refusal. No events = nothing would change (NO_CHANGE). */
  readonly decide: {
    readonly [T in Exclude<Names<C>, NamesOfDeclared<C>>]: (
      self: { readonly status: StatusOf<Ch>; readonly data: z.output<D> },
      command: z.output<C[T]['data']>,
      context: Context<C[T]['references'], B>,
    ) =>
      | readonly EventOf<EventsOf<E, C>, C[T]['emits'][number] & Names<EventsOf<E, C>>>[]
      | Refusal;
  };
  /** Why a field may not be changed, though something would change. */
  readonly refuses?: {
    readonly [T in NamesOfDeclared<CommandsOf<C>>]?: (
      self: { readonly status: StatusOf<Ch>; readonly data: z.output<D> },
      command: DataOf<CommandsOf<C>[T]>,
      context: Context<ReferencesOf<CommandsOf<C>[T]>, B>,
    ) => Refusal | undefined;
  };
};

/** `decide` for some of the commands, of a definition that is written in several files. */
export type Deciding<D, C extends Readonly<Record<string, AnyCommand>>, E, B> = {
  readonly [T in Exclude<Names<C>, NamesOfDeclared<C>>]: (
    self: { readonly status: string; readonly data: D },
    command: DataOf<C[T]>,
    context: Context<C[T]['references'], B>,
  ) => readonly EventOf<E, C[T]['emits'][number] & Names<E>>[] | Refusal;
};

/** `evolve` for some of the events, of a definition that is written in several files. */
export type Evolving<D, E> = {
  readonly [T in keyof E]: (data: D, event: EventData<E[T]>, meta: EventMeta) => Partial<D>;
};

type DataOf<C> = C extends { readonly data: infer S extends AnyObject } ? z.output<S> : never;
type ReferencesOf<C> = C extends { readonly references?: infer R } ? NonNullable<R> : unknown;

/** A text that changes with everything a folded state depends on, functions by their source. */
const fingerprint = (one: Omit<Aggregate, 'hash'>): string =>
  sha256(
    canonical({
      name: one.name,
      revision: one.revision,
      chart: one.chart,
      data: z.toJSONSchema(one.data, { io: 'input', unrepresentable: 'any' }),
      evolve: Object.entries(one.evolve).flatMap(([type, fn]) => (fn ? [[type, String(fn)]] : [])),
      events: Object.entries(one.events).map(([type, { version, upcast }]) => [
        type,
        version,
        Object.entries(upcast).map(([from, fn]) => [from, String(fn)]),
      ]),
    }),
  );

/**
 * Define an aggregate: what it can be told (`commands`), what can have happened to it (`events`),
 * where it can be (`chart`), what is known of it (`data`), and two families of pure functions,
 * `evolve` and `decide`. Everything is inferred from this one call.
 *
 * @throws TypeError naming the definition and the mistake, for what types cannot catch.
 */
export function defineAggregate<
  const N extends string,
  E extends Readonly<Record<string, EventSource>>,
  const C extends Readonly<Record<string, AnyCommand>>,
  D extends AnyObject,
  const Ch extends Chart,
  B extends Readonly<Record<string, Boundary>> = Readonly<Record<never, never>>,
>(
  definition: Definition<N, E, C, D, Ch, B>,
): Aggregate & { readonly name: N } & Typed<EventsOf<E, C>, CommandsOf<C>, z.output<D>> {
  const slug = kebab(definition.name);
  const given = definition as unknown as Given;
  const data = ownSchema<z.ZodObject>(definition.data);
  const parsed = data.safeParse({});
  if (!parsed.success)
    throw new TypeError(
      `${definition.name}: every field of "data" needs a default, so that an aggregate that does not exist yet has a state (${z.prettifyError(parsed.error)})`,
    );
  const declared = expand(given);
  const whole: Omit<Aggregate, 'hash'> = {
    name: definition.name,
    summary: definition.summary,
    slug,
    plural: definition.plural ?? pluralOf(slug),
    aliases: definition.aliases ?? [],
    events: declared.events,
    commands: declared.commands,
    data,
    chart: declared.chart,
    boundaries: given.boundaries ?? {},
    claims: given.claims ?? {},
    ownership: given.ownership ?? null,
    approves: given.approves ?? null,
    evolve: declared.evolve,
    decide: declared.decide,
    initial: { status: definition.chart.initial, data: parsed.data },
    revision: definition.revision ?? 1,
  };
  check(whole);
  return Object.freeze({
    ...whole,
    hash: fingerprint(whole),
  }) as Aggregate & { readonly name: N };
}
