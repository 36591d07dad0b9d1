import type { z } from 'zod';
import { type AnySchema, ownSchema } from './any-schema.js';

/** The entries of a boundary as a decision sees them. */
export type Entries<V> = ReadonlyMap<string, V>;

/** The event a boundary folds. */
export type BoundaryEvent<D> = { readonly aggregate_id: string; readonly data: D };

/**
 * A fold that the runtime keeps over the events of many aggregates of one type: who is whose
 * parent, what runs where. Commands are decided against it. A boundary over the aggregate's own
 * type is also fenced: the append touches the boundary's claim, so a decision made on an outdated
 * fold is refused and made again. One over another type is read only.
 */
export type Boundary<V = unknown> = {
  readonly of: string;
  readonly events: Readonly<Record<string, AnySchema>>;
  fold(
    entries: Entries<V>,
    type: string,
    event: BoundaryEvent<unknown>,
  ): Iterable<readonly [key: string, value: V | undefined]>;
};

/**
 * Define a boundary: which events of which type it folds, into what kind of entries.
 * Each handler returns the entries that change; `undefined` removes one. Pure.
 *
 * @example
 * defineBoundary<{ parent_id: string | null }>()({
 *   of: 'BusinessCapability',
 *   events: { ParentRemoved: z.object({}) },
 *   on: { ParentRemoved: (_, { aggregate_id }) => [[aggregate_id, { parent_id: null }]] },
 * })
 */
export const defineBoundary =
  <V>() =>
  <E extends Readonly<Record<string, AnySchema>>>(definition: {
    readonly of: string;
    readonly events: E;
    readonly on: {
      readonly [T in keyof E]: (
        entries: Entries<V>,
        event: BoundaryEvent<z.output<E[T]>>,
      ) => Iterable<readonly [string, V | undefined]>;
    };
  }): Boundary<V> => ({
    of: definition.of,
    events: definition.events,
    fold: (entries, type, { aggregate_id, data }) => {
      const schema = definition.events[type];
      const handler = definition.on[type];
      if (!schema || !handler) return [];
      return handler(entries, {
        aggregate_id,
        data: ownSchema(schema).parse(data) as z.output<E[string]>,
      });
    },
  });
