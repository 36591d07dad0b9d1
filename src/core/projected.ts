import type { State } from './context.js';
import type { EventRecord } from './event.js';

/** A document of a projection: JSON. */
export type View = Readonly<Record<string, unknown>>;

/**
 * An event as a projection sees it: data in the form of the current schema, and the state of its
 * aggregate before and after, which the projector keeps for projections with `withState: true`.
 */
export type Projected<
  Type extends string = string,
  Data = unknown,
  StateData = State['data'],
> = Omit<EventRecord, 'event_type' | 'data'> & {
  readonly event_type: Type;
  readonly data: Data;
  /** Its place in the stream of its type. `source` is where its command came from: `ui`, `import`. */
  readonly sequence: number;
  /**
   * When it became true in the world: `effective_at`, else the time it was recorded. All times of an
   * event are instants in one form: as texts they are in the order of time.
   */
  readonly occurred_at: string;
  /** @throws TypeError when the projection does not say `withState: true` */
  readonly before: { readonly status: string; readonly data: StateData };
  readonly after: { readonly status: string; readonly data: StateData };
};
