import type { Aggregate } from '../../core/aggregate.js';
import type { Change, Critical } from '../../core/critical.js';
import { type EventJson, eventJson, type StoredEvent } from '../../core/event.js';
import { alertSubject } from '../../core/subjects.js';

/** An audit alert (REQ-022). It follows from its event alone: made again, it is the same. */
export type Alert = {
  /** The event's id: who has seen it has seen the alert. */
  readonly alert_id: string;
  /** `Book.BookAdded` */
  readonly type: string;
  /** When the event was written, ISO 8601 UTC. */
  readonly timestamp: string;
  /** What happened to the aggregate. */
  readonly kind: Change;
  /** The critical commands that lead to such an event. */
  readonly command_types: readonly string[];
  readonly event: EventJson;
  /** The event's data was too long for an alert: it stands in the log. */
  readonly data_omitted?: true;
};

/** An alert ready to be written. */
export type Encoded = { readonly id: string; readonly subject: string; readonly body: Buffer };

/** An alert as a message of at most so many bytes. */
export const encodeAlert = (
  { slug }: Aggregate,
  event: StoredEvent,
  { critical, bytesMax }: { readonly critical: Critical; readonly bytesMax: number },
): Encoded => {
  const alert: Alert = {
    alert_id: event.event_id,
    type: `${event.aggregate_type}.${event.event_type}`,
    timestamp: event.event_timestamp,
    kind: critical.change,
    command_types: critical.commands,
    event: eventJson(event, slug),
  };
  const whole = Buffer.from(JSON.stringify(alert));
  const short = (): Buffer =>
    Buffer.from(
      JSON.stringify({ ...alert, event: { ...alert.event, data: {} }, data_omitted: true }),
    );
  return {
    id: event.event_id,
    subject: alertSubject(slug, event.aggregate_id),
    body: whole.length <= bytesMax ? whole : short(),
  };
};
