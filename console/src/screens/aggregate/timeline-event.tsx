import { memo } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/use-session.js';
import { wordsOf } from '../../forms/words-of.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { durationText, Time } from '../../ui/time.js';
import { ShownChange } from './shown-change.js';
import type { HistoryEvent } from './use-document.js';

/** More changes than this fold away. */
const CHANGES_SHOWN = 4;
const LONG_TEXT_CHARS = 240;

const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1_000);

const elapsedText = (seconds: number): string =>
  seconds === 0
    ? 'at the same time'
    : seconds > 0
      ? `${durationText(seconds)} later`
      : `${durationText(-seconds)} earlier`;

/** Why, from wherever it was said: the justification, or a reason that the event itself has. */
const reasonsOf = ({ business_justification, data }: HistoryEvent): readonly string[] => {
  const said = [business_justification, data.reason, data.justification, data.comment];
  return [...new Set(said.filter((one) => typeof one === 'string' && one !== ''))] as string[];
};

const Folded = ({
  changes,
  label,
}: {
  readonly changes: HistoryEvent['changes'];
  readonly label: string;
}) => (
  <>
    {changes.length > 0 && (
      <details>
        <summary className="small soft">{label}</summary>
        <ChangeList changes={changes} />
      </details>
    )}
  </>
);

const ChangeList = ({ changes }: { readonly changes: HistoryEvent['changes'] }) => (
  <dl className="event-changes">
    {changes.map(({ field, from, to }) => (
      <div key={field}>
        <dt>{wordsOf(field)}</dt>
        <dd>
          <ShownChange field={field} from={from} to={to} />
        </dd>
      </div>
    ))}
  </dl>
);

/** What changed; what only the machine keeps for itself is folded away. */
const Changes = ({
  changes,
  known,
}: {
  readonly changes: HistoryEvent['changes'];
  readonly known: ReadonlySet<string>;
}) => {
  const shown = changes.filter(({ field }) => known.size === 0 || known.has(field));
  const inner = changes.filter((one) => !shown.includes(one));
  const rest = shown.slice(CHANGES_SHOWN);
  return (
    <>
      {shown.length > 0 && <ChangeList changes={shown.slice(0, CHANGES_SHOWN)} />}
      <Folded changes={rest} label={`${rest.length} more changes`} />
      <Folded changes={inner} label={inner.map(({ field }) => wordsOf(field)).join(', ')} />
    </>
  );
};

/** One event of its life: what happened, when and how long after the one before, who and why. */
const Whole = ({
  event,
  before,
  shown,
  known,
  onVersion,
}: {
  readonly event: HistoryEvent;
  /** The event before it in the list, if it is known. */
  readonly before: HistoryEvent | undefined;
  /** Whether this is the event of the moment shown. */
  readonly shown: boolean;
  /** The fields that its read model has. */
  readonly known: ReadonlySet<string>;
  readonly onVersion: (version: number) => void;
}) => {
  const mayAudit = useMay('audit');
  const status = event.changes.find(({ field }) => field === 'status');
  const at = event.occurred_at;
  return (
    <article className="event" aria-label={`Version ${event.aggregate_version}`}>
      <div className="event-rail" aria-hidden="true">
        <span className={status ? 'dot status' : 'dot'} />
      </div>
      <div className="event-body">
        <div className="row between">
          <h3 className="row">
            {wordsOf(event.event_type)}
            {status && typeof status.to === 'string' && <Badge word={status.to} />}
            {event.sensitive && <span className="tag">sensitive</span>}
            {event.source !== 'api' && event.source !== 'ui' && (
              <span className="tag">{event.source}</span>
            )}
          </h3>
          <span className="row small">
            <button
              type="button"
              className="button small"
              aria-current={shown ? 'true' : undefined}
              onClick={() => onVersion(event.aggregate_version)}
            >
              {shown ? 'You are here' : `Go to v${event.aggregate_version}`}
            </button>
          </span>
        </div>
        <p className="small soft event-who">
          <Time at={at} />
          {before && (
            <span className="faint">{elapsedText(secondsBetween(before.occurred_at, at))}</span>
          )}
          <span>by {event.actor}</span>
          {event.command_type && <span>{wordsOf(event.command_type)}</span>}
          {event.recorded_at !== at && (
            <span className="faint">
              recorded <Time at={event.recorded_at} />
            </span>
          )}
          {mayAudit && <Link href={`/events/${event.event_id}`}>Cause and consequences</Link>}
        </p>
        {reasonsOf(event).map((reason) => (
          <p key={reason} className="event-why">
            <Told
              text={
                reason.length > LONG_TEXT_CHARS ? `${reason.slice(0, LONG_TEXT_CHARS)}…` : reason
              }
            />
          </p>
        ))}
        {event.approval_id && (
          <p className="small soft">
            approved: <ThingLink id={event.approval_id} />
          </p>
        )}
        <Changes changes={event.changes.filter((one) => one !== status)} known={known} />
      </div>
    </article>
  );
};

/** While the list scrolls, an event that stays is not drawn anew. */
export const TimelineEvent = memo(Whole);
