import { Link } from 'wouter';
import { address } from '../../api/address.js';
import type { Page, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { CopyId } from '../../ui/copy-id.js';
import { Json } from '../../ui/json.js';
import { Time } from '../../ui/time.js';
import { Fields } from './fields.js';
import { dataOf, type JsonSchema } from './fields-of.js';
import { Names, ProjectionLink, SchemaLink } from './schema-link.js';
import type { EventEntry } from './use-catalogue.js';

const Verdict = ({ event }: { readonly event: EventEntry }) => {
  if (event.version === 1) return <>It has one version; nothing has to be converted.</>;
  if (!event.readable)
    return (
      <>
        <Badge word="not readable" tone="bad" /> Stored events of version{' '}
        {event.unreadable_versions.join(', ')} cannot be read: an upcaster is missing.
      </>
    );
  const steps = event.upcasters.map(({ from, to }) => `${from} → ${to}`).join(', ');
  return (
    <>
      <Badge word="readable" tone="good" /> Every version that was ever written can be read
      {steps && `, by the upcasters ${steps}`}.
    </>
  );
};

const words = (status: string): string => status.replaceAll('_', ' ');

const Moves = ({ event }: { readonly event: EventEntry }) => {
  const moves = event.transitions.filter(({ from, to }) => from !== to);
  const stays = [
    ...new Set(event.transitions.filter(({ from, to }) => from === to).map(({ from }) => from)),
  ];
  return (
    <>
      <Names>
        {moves.map(({ from, to, when }) => (
          <span key={`${from} ${to} ${when?.value}`}>
            {words(from)} → {words(to)}
          </span>
        ))}
      </Names>
      {stays.length > 0 && (
        <p className="small soft">Changes no state in {stays.map(words).join(', ')}.</p>
      )}
    </>
  );
};

const Written = ({ event }: { readonly event: EventEntry }) => {
  const { aggregate_type, event_type } = event;
  const answer = useAnswer<Page<StoredEvent>>(
    '/audit',
    { aggregate_type, event_type, sort: '-recorded_at', limit: 1 },
    { follows: [aggregate_type] },
  );
  return (
    <Answered answer={answer}>
      {({ total, items: [latest] }) => (
        <section className="stack" aria-labelledby="written">
          <h3 id="written">Written</h3>
          <p>
            {total === 0 ? (
              'Not once so far.'
            ) : (
              <>
                <Link href={address('/events', { aggregate_type, event_type })}>
                  {total.toLocaleString('en')} time{total === 1 ? '' : 's'}
                </Link>
                , last at <Time at={latest?.recorded_at} /> by {latest?.actor}.
              </>
            )}
          </p>
          {latest && (
            <>
              <p className="small soft">
                <Link href={`/events/${latest.event_id}`}>The latest one</Link> says:
              </p>
              <Json value={latest.data} />
            </>
          )}
        </section>
      )}
    </Answered>
  );
};

/** An event: what it says, where it comes from, who takes it, whether old ones can be read. */
export const EventDetail = ({ event }: { readonly event: EventEntry }) => {
  const mayAudit = useMay('audit');
  const schema = useAnswer<JsonSchema>(event.schema, {}, { follows: [] });
  const { aggregate_type: type, versions } = event;
  return (
    <>
      <dl className="facts">
        <dt>Of</dt>
        <dd>
          <Link href={`/lifecycles/${type}`}>{type}</Link>
        </dd>
        <dt>Written by</dt>
        <dd>
          <Names>
            {event.commands.map((name) => (
              <SchemaLink key={name} of="commands" type={type} name={name} />
            ))}
          </Names>
        </dd>
        <dt>Read by</dt>
        <dd>
          <Names>
            {event.projections.map((name) => (
              <ProjectionLink key={name} name={name} />
            ))}
          </Names>
        </dd>
        <dt>Leads from and to</dt>
        <dd>
          <Moves event={event} />
        </dd>
        <dt>Version</dt>
        <dd>
          {event.version}
          {versions.length > 1 && ` (there were ${versions.join(', ')})`}
        </dd>
        <dt>Old events</dt>
        <dd>
          <Verdict event={event} />
        </dd>
        <dt>Definition</dt>
        <dd>
          <CopyId id={event.definition} /> <span className="small soft">of {type}</span>
        </dd>
      </dl>
      <Answered answer={schema}>
        {(told) => (
          <section className="stack" aria-labelledby="fields">
            <h3 id="fields">Fields</h3>
            <Fields schema={dataOf(told)} />
            <details>
              <summary>The schema as JSON, with what every event has</summary>
              <Json value={told} />
            </details>
          </section>
        )}
      </Answered>
      {mayAudit && <Written event={event} />}
    </>
  );
};
