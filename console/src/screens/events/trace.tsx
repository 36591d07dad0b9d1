import { Link, useParams } from 'wouter';
import { address, seg } from '../../api/address.js';
import type { StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { wordsOf } from '../../forms/words-of.js';
import { ApprovalChain } from '../../history/approval-chain.js';
import { Corrections } from '../../history/corrections.js';
import { Changed, EventFacts, Marks, useCommandOf } from '../../history/event-details.js';
import '../../history/history.css';
import { VerifyChain } from '../../history/verify-chain.js';
import { ThingLink } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { Json } from '../../ui/json.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { Skeleton } from '../../ui/skeleton.js';
import './events.css';
import { Takers } from './takers.js';
import { TraceList } from './trace-list.js';
import { TracePicture } from './trace-picture.js';
import { useTrace } from './use-trace.js';

/** What the command carried, as the journal kept it. */
const CommandData = ({ event }: { readonly event: StoredEvent }) => {
  const entries = useCommandOf(event.command_id).data?.items;
  const entry = entries?.find(({ outcome }) => outcome === 'accepted') ?? entries?.[0];
  if (!entry) return null;
  const name = entry.command_type ? wordsOf(entry.command_type) : 'the command';
  return (
    <details>
      <summary>
        What {name} carried, {entry.outcome} in {entry.duration_ms} ms
      </summary>
      <Json value={entry.data} />
    </details>
  );
};

const Chain = ({ event }: { readonly event: StoredEvent }) => {
  const { trace, total, refused, error } = useTrace(event);
  return (
    <section className="card" aria-labelledby="chain">
      <header>
        <h2 id="chain">From command to consequence</h2>
        <span className="small soft" role="status">
          {total.toLocaleString('en')} event{total === 1 ? '' : 's'}
          {event.correlation_id ? ' in this chain' : ' of this command; no chain was named'}
        </span>
      </header>
      {error && (
        <div className="body">
          <Problem error={error} />
        </div>
      )}
      <TracePicture trace={trace} />
      <div className="body stack">
        <h3>In words</h3>
        <TraceList trace={trace} total={total} />
        {refused > 0 && event.correlation_id && (
          <p className="small soft">
            {refused.toLocaleString('en')} command{refused === 1 ? ' was' : 's were'} refused in
            this chain and left no event.{' '}
            <Link
              href={address('/audit', {
                tab: 'refusals',
                correlation_id: event.correlation_id,
              })}
            >
              Look at {refused === 1 ? 'it' : 'them'}
            </Link>
          </p>
        )}
      </div>
    </section>
  );
};

const Beside = ({ event }: { readonly event: StoredEvent }) => (
  <div className="stack">
    <section className="card" aria-labelledby="approval">
      <header>
        <h2 id="approval">Approval</h2>
      </header>
      <div className="body">
        {event.approval_id ? (
          <ApprovalChain id={event.approval_id} />
        ) : (
          <p className="small soft">No approval was named with it.</p>
        )}
      </div>
    </section>
    <section className="card" aria-labelledby="corrections">
      <header>
        <h2 id="corrections">Corrections</h2>
      </header>
      <div className="body">
        <Corrections event={event} />
      </div>
    </section>
    <section className="card" aria-labelledby="takers">
      <header>
        <h2 id="takers">Read models</h2>
      </header>
      <div className="body">
        <Takers event={event} />
      </div>
    </section>
    <section className="card" aria-labelledby="proof">
      <header>
        <h2 id="proof">Proof</h2>
      </header>
      <div className="body">
        <VerifyChain key={event.aggregate_id} type={event.aggregate_type} id={event.aggregate_id} />
      </div>
    </section>
  </div>
);

const Traced = ({ event }: { readonly event: StoredEvent }) => (
  <>
    <Chain event={event} />
    <div className="trace-two">
      <section className="card" aria-labelledby="facts">
        <header>
          <h2 id="facts">The event</h2>
          <span className="row">
            {event.status && <Badge word={event.status} />}
            <Marks event={event} />
          </span>
        </header>
        <div className="body stack">
          <EventFacts event={event} />
          <h3>What changed</h3>
          <Changed event={event} />
          <CommandData event={event} />
          <details>
            <summary>The event as it is kept</summary>
            <Json value={event} />
          </details>
        </div>
      </section>
      <Beside event={event} />
    </div>
  </>
);

/** One event: what caused it, and what came of it. */
export const Trace = () => {
  const { id = '' } = useParams<{ id: string }>();
  const answer = useAnswer<StoredEvent>(`/audit/${seg(id)}`, {}, { follows: [] });
  const event = answer.data?.event_id === id ? answer.data : undefined;
  return (
    <Page
      title={event ? wordsOf(event.event_type) : 'Trace'}
      lead={
        event && (
          <>
            What happened to {wordsOf(event.aggregate_type)}{' '}
            <ThingLink
              type={event.aggregate_type}
              id={event.aggregate_id}
              at={`?at=v${event.aggregate_version}`}
            />
            , what caused it, and what came of it.
          </>
        )
      }
      crumbs={<Link href="/events">Events</Link>}
    >
      {answer.error && <Problem error={answer.error} retry={() => void answer.refetch()} />}
      {event ? <Traced event={event} /> : !answer.error && <Skeleton lines={10} />}
    </Page>
  );
};
