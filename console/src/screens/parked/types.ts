/** An aggregate whose events wait for a projection, as `/projections/{name}/parked` tells it. */
export type ParkedAggregate = {
  readonly source: string;
  readonly aggregate_id: string;
  readonly sequence: number;
  readonly event_type: string;
  readonly error: string;
  readonly attempts: number;
  readonly waiting: number;
  readonly parked_at: string;
  readonly last_tried_at: string;
};
export type DiscardedEvent = {
  readonly source: string;
  readonly aggregate_id: string;
  readonly sequence: number;
  readonly event_type: string;
  readonly error: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};
/** What trying again came to. */
export type Drained = { readonly drained: number; readonly still_parked: number };
