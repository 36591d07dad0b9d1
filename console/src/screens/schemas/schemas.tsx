import { Link } from 'wouter';
import { address } from '../../api/address.js';
import type { Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Page } from '../../ui/page.js';
import { SearchBox } from '../../ui/search-box.js';
import { CommandDetail } from './command-detail.js';
import { EventDetail } from './event-detail.js';
import { type Catalogue, useCatalogue } from './use-catalogue.js';
import { type Entry, keyOf, type Of, wantedOf } from './wanted-of.js';
import './schemas.css';

type GroupProps = {
  readonly of: Of;
  readonly type: string;
  readonly entries: readonly Entry[];
  readonly chosen: string | undefined;
  readonly hrefOf: (entry: Entry) => string;
};

/** The entries of one aggregate type, with how many events of each were written. */
const Group = ({ of, type, entries, chosen, hrefOf }: GroupProps) => {
  const asks = useMay('audit') && of === 'events';
  const { data } = useAnswer<Groups>(
    asks ? '/audit' : null,
    { aggregate_type: type, group_by: 'event_type' },
    { follows: [type] },
  );
  const countOf = (name: string): number | undefined =>
    asks && data ? (data.groups.find(({ value }) => value === name)?.count ?? 0) : undefined;
  return (
    <section aria-labelledby={`of-${type}`}>
      <h3 id={`of-${type}`}>{type}</h3>
      <ul>
        {entries.map((entry) => {
          const count = countOf(entry.name);
          return (
            <li key={entry.name}>
              <Link
                href={hrefOf(entry)}
                aria-current={keyOf(entry) === chosen ? 'true' : undefined}
              >
                <span className="ellipsis">{entry.name}</span>
                <span className="row marks">
                  {entry.marks.map((mark) => (
                    <span key={mark} className="tag">
                      {mark}
                    </span>
                  ))}
                  {count !== undefined && (
                    <span className="small soft num" title={`${count} written`}>
                      {count.toLocaleString('en')}
                    </span>
                  )}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
};

const Detail = ({
  catalogue,
  of,
  name,
}: {
  readonly catalogue: Catalogue;
  readonly of: Of;
  readonly name: string;
}) => {
  const event =
    of === 'events'
      ? catalogue.events.find((one) => `${one.aggregate_type}/${one.event_type}` === name)
      : undefined;
  const command =
    of === 'commands'
      ? catalogue.commands.find((one) => `${one.aggregate_type}/${one.command_type}` === name)
      : undefined;
  const entry = event ?? command;
  if (!entry) return <Empty title={`Nothing is called ${name}`}>Choose one from the list.</Empty>;
  return (
    <article className="card" aria-labelledby="chosen">
      <header>
        <h2 id="chosen">{event?.event_type ?? command?.command_type}</h2>
        <span className="row">
          {entry.sensitive && <span className="tag">sensitive</span>}
          {entry.critical && <span className="tag">critical</span>}
        </span>
      </header>
      <div className="body stack detail">
        {entry.summary && <p>{entry.summary}</p>}
        {event && <EventDetail key={name} event={event} />}
        {command && <CommandDetail key={name} command={command} />}
      </div>
    </article>
  );
};

const Browser = ({ catalogue }: { readonly catalogue: Catalogue }) => {
  const { get, all, patch } = useUrlState();
  const of: Of = get('of') === 'commands' ? 'commands' : 'events';
  const name = get('name');
  const text = get('q') ?? '';
  const types = all('type');
  const groups = wantedOf(catalogue, { of, text, types });
  const every = [...new Set(catalogue.events.map(({ aggregate_type }) => aggregate_type))];
  const kept = { of: of === 'commands' ? of : null, q: text, type: types };
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  return (
    <div className="catalogue" data-chosen={name !== undefined}>
      <section className="card catalogue-list" aria-label="Catalogue">
        <div className="stack filter">
          <h2 className="visually-hidden">{of === 'events' ? 'All events' : 'All commands'}</h2>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are buttons */}
          <div className="row" role="group" aria-label="What is listed">
            {(['events', 'commands'] as const).map((one) => (
              <button
                key={one}
                type="button"
                className="button small"
                aria-pressed={one === of}
                onClick={() => patch({ of: one === 'events' ? null : one, name: null })}
              >
                {one === 'events' ? 'Events' : 'Commands'} (
                {catalogue[one].length.toLocaleString('en')})
              </button>
            ))}
          </div>
          <SearchBox name="q" label={`Find ${of}`} />
          <select
            className="input"
            aria-label="Of which type"
            value={types[0] ?? ''}
            onChange={({ target }) => patch({ type: target.value })}
          >
            <option value="">Of every type</option>
            {every.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          <p className="visually-hidden" role="status">
            {count} {of} found
          </p>
        </div>
        {count === 0 && (
          <Empty title={`No ${of} are called so`}>
            <button
              type="button"
              className="button small"
              onClick={() => patch({ q: null, type: null })}
            >
              Show all
            </button>
          </Empty>
        )}
        <div className="entries">
          {groups.map(({ type, entries }) => (
            <Group
              key={type}
              of={of}
              type={type}
              entries={entries}
              chosen={name}
              hrefOf={(entry) => address('/schemas', { ...kept, name: keyOf(entry) })}
            />
          ))}
        </div>
      </section>
      <div className="catalogue-detail">
        {name === undefined ? (
          <div className="card">
            <Empty title={`Choose one of the ${of}`}>
              <p>What it holds, where it comes from, and who reads it.</p>
            </Empty>
          </div>
        ) : (
          <>
            <Link className="back small" href={address('/schemas', kept)}>
              ← Back to the list
            </Link>
            <Detail catalogue={catalogue} of={of} name={name} />
          </>
        )}
      </div>
    </div>
  );
};

/** The catalogue of all events and commands, from the definitions. */
export const Schemas = () => {
  const answer = useCatalogue();
  return (
    <Page
      title="Schemas"
      lead="Every event that can be written and every command that can be sent: what it holds, where it comes from, who reads it."
      actions={
        <>
          <a className="button small" href="/asyncapi.json">
            AsyncAPI
          </a>
          <a className="button small" href="/openapi.json">
            OpenAPI
          </a>
        </>
      }
    >
      <Answered answer={answer}>{(catalogue) => <Browser catalogue={catalogue} />}</Answered>
    </Page>
  );
};
