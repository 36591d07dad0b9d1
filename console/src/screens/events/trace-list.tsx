import { Link } from 'wouter';
import { address, seg } from '../../api/address.js';
import type { StoredEvent } from '../../api/types.js';
import { wordsOf } from '../../forms/words-of.js';
import { ThingLink } from '../../names/thing-link.js';
import { Time } from '../../ui/time.js';
import type { Cause, Trace } from './causes-of.js';

const Line = ({ event, here }: { readonly event: StoredEvent; readonly here: boolean }) => (
  <p aria-current={here ? 'true' : undefined}>
    {here ? (
      <strong>{wordsOf(event.event_type)}</strong>
    ) : (
      <Link href={`/events/${seg(event.event_id)}`}>{wordsOf(event.event_type)}</Link>
    )}
    <span className="small soft">
      {wordsOf(event.aggregate_type)}{' '}
      <ThingLink type={event.aggregate_type} id={event.aggregate_id} copy={false} /> v
      {event.aggregate_version}, <Time at={event.recorded_at} />
    </span>
  </p>
);

const Beside = ({
  label,
  events,
}: {
  readonly label: string;
  readonly events: readonly StoredEvent[];
}) =>
  events.length === 0 ? null : (
    <li>
      <p className="small soft">{label}</p>
      <ul>
        {events.map((one) => (
          <li key={one.event_id}>
            <Line event={one} here={false} />
          </li>
        ))}
      </ul>
    </li>
  );

const OfCommand = ({ cause, trace }: { readonly cause: Cause; readonly trace: Trace }) => {
  const own = cause.command_id === trace.here.command_id;
  return (
    <li>
      <p>
        <span>
          {cause.command_type ? wordsOf(cause.command_type) : 'A command'} by {cause.actor}
        </span>
        <span className="small soft">
          <Time at={cause.at} />
        </span>
      </p>
      <ul>
        {own && <Beside label="It was approved" events={trace.approval} />}
        {cause.events.map((one) => {
          const here = one.event_id === trace.here.event_id;
          return (
            <li key={one.event_id}>
              <Line event={one} here={here} />
              {here && (
                <ul>
                  <Beside label="It corrects" events={trace.original ? [trace.original] : []} />
                  <Beside label="It was corrected by" events={trace.corrections} />
                  <Beside label="It allowed" events={trace.allowed} />
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </li>
  );
};

/** The chain in words, indented: commands, the events of each, and what these led to. */
export const TraceList = ({ trace, total }: { readonly trace: Trace; readonly total: number }) => {
  const shown = trace.causes.reduce((sum, { events }) => sum + events.length, 0);
  const { correlation_id } = trace.here;
  return (
    <div className="stack">
      <div className="trace-list">
        <ul>
          {trace.causes.map((cause) => (
            <OfCommand key={cause.command_id} cause={cause} trace={trace} />
          ))}
        </ul>
      </div>
      {total > shown && correlation_id && (
        <p className="small soft">
          {shown.toLocaleString('en')} of {total.toLocaleString('en')} events are listed, those
          nearest in time. <Link href={address('/events', { correlation_id })}>All of them</Link>
        </p>
      )}
    </div>
  );
};
