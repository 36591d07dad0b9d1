import type { z } from 'zod';
import type { Typed } from '../core/aggregate.js';
import type { AnySchema } from '../core/any-schema.js';

type SchemaOf<S> = S extends { readonly schema: infer Z extends AnySchema }
  ? Z
  : S extends AnySchema
    ? S
    : never;
type EventsOf<T> = T extends Typed<infer E, unknown, unknown> ? E : never;
type CommandsOf<T> = T extends Typed<unknown, infer C, unknown> ? C : never;
type StateOf<T> = T extends Typed<unknown, unknown, infer D> ? D : never;

/** The name of a definition: its `aggregate_type`. */
export type NameOf<T> = T extends { readonly name: infer N extends string } ? N : never;
/** The commands of a definition. */
export type CommandOf<T> = keyof CommandsOf<T> & string;
/** What a command carries, as it is sent. */
export type DataOf<T, K extends CommandOf<T>> = CommandsOf<T>[K] extends {
  readonly data: infer S extends AnySchema;
}
  ? z.input<S>
  : never;

/** An event as it is shown, told apart by `event_type`. */
export type EventOf<T> = T extends unknown
  ? {
      readonly [K in keyof EventsOf<T> & string]: {
        readonly event_id: string;
        readonly event_type: K;
        readonly aggregate_id: string;
        readonly aggregate_type: NameOf<T>;
        readonly aggregate_version: number;
        readonly event_timestamp: string;
        readonly actor: string;
        readonly actor_type: string;
        readonly source: string;
        readonly causation_id: string;
        readonly correlation_id: string | null;
        readonly business_justification: string | null;
        readonly approval_id: string | null;
        readonly effective_at?: string;
        readonly event_version: number;
        readonly data: z.output<SchemaOf<EventsOf<T>[K]>>;
        readonly metadata: { readonly position?: string; readonly hash: string };
      };
    }[keyof EventsOf<T> & string]
  : never;

/** A document of the list of a type, unless the client is told what it is like. */
export type DocumentOf<T> = {
  readonly id: string;
  readonly version: number;
  readonly created_at: string | null;
  readonly updated_at: string | null;
} & Partial<StateOf<T>> &
  Readonly<Record<string, unknown>>;

/** Fields of a resource that are written; what only commands take, such as a reason, besides. */
export type FieldsOf<T> = { readonly [K in keyof StateOf<T>]?: StateOf<T>[K] | null } & Readonly<
  Record<string, unknown>
>;

type Scalar = string | number | boolean | null;
/** Filters by field (`name`, `name.gte`), and how the answer is cut and read. */
export type Query = {
  readonly search?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly include_deleted?: boolean;
  readonly as_of?: string;
  readonly effective_at?: string;
} & { readonly [field: string]: Scalar | readonly Scalar[] | undefined };

export type Page<D> = {
  readonly items: readonly D[];
  readonly page: number | null;
  readonly limit: number;
  readonly total: number;
  readonly has_more: boolean;
  readonly next_cursor: string | null;
  readonly position: string;
};

/** What goes with a command besides its data. */
export type Sending = {
  /** Why: sensitive commands need it. */
  readonly justification?: string;
  readonly approval_id?: string;
  readonly correlation_id?: string;
  /** Refused as CONCURRENCY_CONFLICT when it is at another version. */
  readonly expected_version?: number;
  /** Decide, write nothing. */
  readonly dry_run?: boolean;
  /** Only where callers are not known by a key or a token. */
  readonly actor?: string;
  /** Default: a new one. The same id again is the same command. */
  readonly command_id?: string;
  readonly signal?: AbortSignal;
};

export type Accepted<T> = {
  readonly command_id: string;
  readonly aggregate_type: NameOf<T>;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly position: string | null;
  readonly replayed: boolean;
  readonly dry_run?: true;
  readonly events: readonly EventOf<T>[];
  /** So many events are missing here, since the answer would be too large. */
  readonly events_left_out?: number;
};

/** What a request that wrote a resource became. */
export type Written<T> = Omit<Accepted<T>, 'command_id' | 'events' | 'events_left_out'> & {
  readonly commands: readonly {
    readonly command_id: string;
    readonly command_type: CommandOf<T>;
    readonly fields: readonly string[];
    readonly events: readonly EventOf<T>[];
    readonly events_left_out?: number;
  }[];
  readonly unchanged: readonly string[];
};

/** What a command may be told now, or why not. */
export type Possible<T> = {
  readonly status: string;
  readonly aggregate_version: number;
  readonly possible: readonly { readonly command_type: CommandOf<T> }[];
  readonly impossible: readonly { readonly command_type: CommandOf<T>; readonly why: string }[];
};

/** A change as the audit log has it. */
export type Change = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_version: number;
  readonly actor: string;
  readonly recorded_at: string;
  readonly occurred_at: string;
  readonly business_justification: string | null;
  readonly command_type: string | null;
  readonly changes: readonly { readonly field: string; from?: unknown; to?: unknown }[];
};

/** A moment: a version, a time or a date as it was known then, or on either clock. */
export type Moment = number | string | { readonly as_of?: string; readonly effective_at?: string };

/** Which events are followed, and from where. */
export type Following = {
  /** `start`, or positions; default: from now on. */
  readonly from?: string;
  /** Where an earlier stream was: it goes on behind that. */
  readonly after?: string;
  readonly event_type?: string | readonly string[];
  readonly actor?: string;
  readonly correlation_id?: string;
  readonly critical?: boolean;
  /** Told where the stream is, to go on from there another time. */
  readonly onPosition?: (position: string) => void;
  readonly signal?: AbortSignal;
};
