import { Link } from 'wouter';
import { address, seg } from '../api/address.js';
import type { Page, StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { wordsOf } from '../forms/words-of.js';
import { ShownValue } from '../names/shown-value.js';
import { ThingLink, Told } from '../names/thing-link.js';
import { Badge } from '../ui/badge.js';
import { CopyId } from '../ui/copy-id.js';
import { Json } from '../ui/json.js';
import { Time } from '../ui/time.js';
import { ApprovalChain } from './approval-chain.js';
import type { CommandEntry } from './command-entry.js';
import { Corrections } from './corrections.js';
import { reasonsOf } from './taken-by.js';
import { VerifyChain } from './verify-chain.js';

/** What the journal says of the command behind an event: where it came from, when it came in. */
export const useCommandOf = (command_id: string | undefined) =>
  useAnswer<Page<CommandEntry>>(
    command_id === undefined ? null : '/views/commands',
    { command_id, sort: 'received_at', limit: 20 },
    { follows: [] },
  );

/** Who, when, from where and why. */
export const EventFacts = ({ event }: { readonly event: StoredEvent }) => {
  const journal = useCommandOf(event.command_id).data?.items;
  const entry = journal?.find(({ outcome }) => outcome === 'accepted') ?? journal?.[0];
  const reasons = reasonsOf(event);
  const command = event.command_type ?? entry?.command_type;
  return (
    <dl className="facts told">
      <dt>Who</dt>
      <dd>
        <Link href={address('/events', { actor: event.actor })}>{event.actor}</Link>{' '}
        <span className="soft">({event.actor_type})</span>
      </dd>
      <dt>When</dt>
      <dd>
        <Time at={event.occurred_at} />
        {event.recorded_at !== event.occurred_at && (
          <span className="soft">
            , recorded <Time at={event.recorded_at} />
          </span>
        )}
      </dd>
      <dt>Where from</dt>
      <dd>
        {event.source}
        {entry && `, ${entry.via}`}
        {entry?.ip_address && `, ${entry.ip_address}`}
      </dd>
      <dt>Why</dt>
      <dd>
        {reasons.length > 0 ? (
          <Told text={reasons.join(' · ')} />
        ) : (
          <span className="soft">nothing was said</span>
        )}
      </dd>
      <dt>On</dt>
      <dd>
        {wordsOf(event.aggregate_type)}{' '}
        <ThingLink
          type={event.aggregate_type}
          id={event.aggregate_id}
          at={`?at=v${event.aggregate_version}`}
        />{' '}
        <span className="soft">at version {event.aggregate_version}</span>
      </dd>
      <dt>Command</dt>
      <dd>
        {command ? wordsOf(command) : 'one of several'} <CopyId id={event.command_id} />
      </dd>
      <dt>Belongs to</dt>
      <dd>
        {event.correlation_id ? (
          <Link href={address('/events', { correlation_id: event.correlation_id })}>
            {event.correlation_id}
          </Link>
        ) : (
          <span className="soft">no chain was named</span>
        )}
      </dd>
      <dt>Position</dt>
      <dd>
        <code>{event.position}</code>, event <CopyId id={event.event_id} />
      </dd>
    </dl>
  );
};

/** What is more than a value is bookkeeping of the machine mostly: folded until it is asked for. */
const ChangedValue = ({
  field,
  value,
  beside,
}: {
  readonly field: string;
  readonly value: unknown;
  readonly beside: Readonly<Record<string, unknown>>;
}) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (
    <details>
      <summary className="small soft">{Object.keys(value).length} entries</summary>
      <Json value={value} />
    </details>
  ) : (
    <ShownValue name={field} value={value} beside={beside} />
  );

/** All fields as they were before or after an event, as far as it says. */
const sideOf = (event: StoredEvent, side: 'from' | 'to'): Readonly<Record<string, unknown>> => ({
  ...event.data,
  ...Object.fromEntries(event.changes.map((one) => [one.field, one[side]])),
});

/** What an event changed, from what to what. */
export const Changed = ({ event }: { readonly event: StoredEvent }) => {
  const before = sideOf(event, 'from');
  const after = sideOf(event, 'to');
  return event.changes.length === 0 ? (
    <p className="small soft">It changed no field.</p>
  ) : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
    <div className="table-wrap" tabIndex={0}>
      <table className="table changed">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {event.changes.map(({ field, from, to }) => (
            <tr key={field}>
              <th scope="row">{wordsOf(field)}</th>
              <td>
                <ChangedValue field={field} value={from} beside={before} />
              </td>
              <td>
                <ChangedValue field={field} value={to} beside={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Whether it is a matter that somebody looks at twice. */
export const Marks = ({ event }: { readonly event: StoredEvent }) => (
  <>
    {event.sensitive && <Badge word="sensitive" tone="warn" />}
    {event.critical && <Badge word="critical" tone="info" />}
  </>
);

/** Everything that is known of an event. */
export const EventDetails = ({ event }: { readonly event: StoredEvent }) => (
  <div className="stack event-details">
    <div className="row">
      {event.status && <Badge word={event.status} />}
      <Marks event={event} />
    </div>
    <div className="row">
      <Link className="button" href={`/events/${seg(event.event_id)}`}>
        Cause and consequences
      </Link>
    </div>
    <EventFacts event={event} />
    <h3>What changed</h3>
    <Changed event={event} />
    {event.approval_id && (
      <>
        <h3>Approval</h3>
        <ApprovalChain id={event.approval_id} />
      </>
    )}
    <h3>Corrections</h3>
    <Corrections event={event} />
    <h3>Proof</h3>
    <VerifyChain key={event.aggregate_id} type={event.aggregate_type} id={event.aggregate_id} />
    <details>
      <summary>The event as it is kept</summary>
      <Json value={event} />
    </details>
  </div>
);
