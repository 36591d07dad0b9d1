import type { z } from 'zod';
import type { Boundary } from './boundary.js';
import type { Chart } from './chart.js';
import type { Context, EventMeta, Referenced, State } from './context.js';
import type { CommandSpec, EventSpec } from './message.js';
import type { ReferenceSpec } from './reference.js';
import type { Refusal } from './refusal.js';

export type { Context, EventMeta, Referenced, State } from './context.js';

/** A key that only one aggregate of the type may hold at a time, as long as it is present. */
export type ClaimSpec<Status, D> = {
  /** The key held in a state, null = none. Normalize here. Pure. */
  readonly key: (state: { readonly status: Status; readonly data: D }) => string | null;
  /** The refusal code when another holds it, such as NAME_TAKEN. */
  readonly taken: string;
  /** What is taken, for the message: `the name`. */
  readonly what: string;
};

/** Which teams own an aggregate. */
export type Ownership<D> = {
  /** Owners, by the data and what `references` brought. None = nobody with an owner's role alone. */
  readonly teams: (
    data: D,
    references: Readonly<Record<string, Referenced<unknown> | null>>,
  ) => readonly string[];
  /** Others whose owners count; `by` is a field of the data or, before it exists, of the command. */
  readonly references?: Readonly<Record<string, ReferenceSpec>>;
};

/** A command that needs an approval, as an approval sees it. */
export type ToApprove = {
  readonly command_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly actor: string;
  readonly subject: string;
  readonly correlation_id: string | null;
  readonly now: string;
};

/** The types an author wrote, kept for library users; nothing at run time. */
export type Typed<E, C, D = State['data']> = {
  readonly types?: { readonly events: E; readonly commands: C; readonly data: D };
};

/** A definition as the runtime uses it: checked, inferred types erased. */
export type Aggregate = {
  readonly name: string;
  readonly summary: string;
  readonly slug: string;
  readonly plural: string;
  readonly aliases: readonly string[];
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly commands: Readonly<Record<string, CommandSpec>>;
  readonly data: z.ZodObject;
  readonly chart: Chart;
  readonly boundaries: Readonly<Record<string, Boundary<unknown>>>;
  readonly claims: Readonly<Record<string, ClaimSpec<string, State['data']>>>;
  readonly ownership: Ownership<State['data']> | null;
  readonly approves: ((self: State, command: ToApprove) => Refusal | undefined) | null;
  readonly evolve: Readonly<
    Record<string, ((data: State['data'], event: unknown, meta: EventMeta) => object) | null>
  >;
  readonly decide: Readonly<
    Record<
      string,
      (
        self: State,
        command: unknown,
        context: Context,
      ) => readonly { type: string; data: unknown }[] | Refusal
    >
  >;
  readonly initial: State;
  /** Raised by its author when states are to be folded anew though nothing else shows it. */
  readonly revision: number;
  /** Changes when anything that shapes a folded state changes: snapshots made before are dropped. */
  readonly hash: string;
};
