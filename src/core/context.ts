import type { z } from 'zod';
import type { AnySchema } from './any-schema.js';
import type { Boundary, Entries } from './boundary.js';
import type { ReferenceSpec } from './reference.js';

/** A state as the runtime folds it: opaque data, known status. */
export type State = {
  readonly status: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Another aggregate, as far as a decision may see it. It exists and is not deleted. */
export type Referenced<V> = { readonly id: string; readonly status: string; readonly data: V };

type References<R> =
  R extends Readonly<Record<string, ReferenceSpec<AnySchema>>>
    ? { readonly [K in keyof R]: Referenced<z.output<R[K]['view']>> | null }
    : Readonly<Record<string, never>>;
type EntryOf<B> = B extends Boundary<infer V> ? V : never;

/** What `decide` knows besides the aggregate: who asks, when, why, and what was looked up. */
export type Context<R = unknown, B = unknown> = {
  readonly id: string;
  readonly version: number;
  /** Server time, ISO 8601 UTC. */
  readonly now: string;
  readonly actor: string;
  readonly actor_type: string;
  /** The person behind `actor`: a program's key, or a person's second name, is theirs. */
  readonly subject: string;
  readonly source: string;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  readonly references: References<R>;
  readonly boundaries: { readonly [K in keyof B]: Entries<EntryOf<B[K]>> };
};

/** What `evolve` knows of an event besides its data. */
export type EventMeta = {
  readonly event_id: string;
  readonly event_timestamp: string;
  readonly aggregate_version: number;
};
