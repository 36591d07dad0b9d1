import { Link } from 'wouter';
import type { Query } from '../../api/address.js';
import type { Page as PageOf, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useSession } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import type { CommandEntry } from '../../history/command-entry.js';
import { chipsOf } from '../../history/filters-in.js';
import { reasonsOf } from '../../history/taken-by.js';
import { NameText, Told } from '../../names/thing-link.js';
import { Answered } from '../../ui/answered.js';
import { Time } from '../../ui/time.js';
import type { TabName } from './period.js';

/** As many as the server gives at once; the whole is exported as a file. */
const ROWS_MAX = 200;

type Row = {
  readonly key: string;
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly version: number | null;
  readonly where: string;
  readonly why: string;
};

const ofEvent = (one: StoredEvent): Row => ({
  key: one.event_id,
  when: one.recorded_at,
  who: one.actor,
  what: wordsOf(one.event_type),
  type: one.aggregate_type,
  id: one.aggregate_id,
  version: one.aggregate_version,
  where: one.source,
  why: [...reasonsOf(one), ...(one.approval_id ? [`approval ${one.approval_id}`] : [])].join(' · '),
});

const ofCommand = (one: CommandEntry): Row => ({
  key: one.entry_id,
  when: one.received_at,
  who: one.actor ?? 'nobody',
  what: `${one.command_type ? wordsOf(one.command_type) : 'Unreadable'}, ${one.outcome}`,
  type: one.aggregate_type,
  id: one.aggregate_id,
  version: null,
  where: [one.source, one.via, one.ip_address].filter(Boolean).join(', '),
  why: [one.code, one.message ?? one.business_justification].filter(Boolean).join(': '),
});

/** What it is about: on paper the id stands beside the name. */
const On = ({ type, id, version }: Pick<Row, 'type' | 'id' | 'version'>) =>
  type && (
    <>
      {wordsOf(type)} {id && <NameText type={type} id={id} />}
      {version !== null && ` v${version}`}
      {id && <span className="small soft breaks"> {id}</span>}
    </>
  );

const isEvent = (one: StoredEvent | CommandEntry): one is StoredEvent => 'event_id' in one;

const Head = ({ query, total }: { readonly query: Query; readonly total: number }) => {
  const { name, actor } = useSession();
  const chips = chipsOf(query);
  return (
    <dl className="facts">
      <dt>Of</dt>
      <dd>{name}</dd>
      <dt>Made</dt>
      <dd>
        <Time at={new Date().toISOString()} /> by {actor ?? 'somebody'}
      </dd>
      <dt>Filters</dt>
      <dd>
        {chips.length === 0 ? (
          'none: everything'
        ) : (
          <Told text={chips.map(({ name: field, value }) => `${field} = ${value}`).join('; ')} />
        )}
      </dd>
      <dt>Entries</dt>
      <dd>
        {Math.min(total, ROWS_MAX).toLocaleString('en')} of {total.toLocaleString('en')}
        {total > ROWS_MAX && ': narrow the filters, or export the whole as CSV'}
      </dd>
    </dl>
  );
};

/** The audit on paper: a plain table with what it is of, who made it and when. */
export const AuditReport = ({
  tab,
  query,
  sort,
}: {
  readonly tab: TabName;
  readonly query: Query;
  readonly sort: string;
}) => {
  const { params } = useUrlState();
  const path = tab === 'changes' ? '/audit' : '/views/commands';
  const answer = useAnswer<PageOf<StoredEvent | CommandEntry>>(
    path,
    { ...query, sort, limit: ROWS_MAX },
    { follows: [] },
  );
  const back = new URLSearchParams(params);
  back.delete('report');
  return (
    <Answered answer={answer}>
      {({ items, total }) => (
        <section className="card audit-report" aria-label="Report">
          <header className="no-print">
            <Link href={`/audit?${back.toString()}`}>Back to the audit</Link>
            <button type="button" className="button primary" onClick={() => window.print()}>
              Print or save as PDF
            </button>
          </header>
          <div className="body stack">
            <h2>{wordsOf(tab)}</h2>
            <Head query={query} total={total} />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
            <div className="table-wrap" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    {['When', 'Who', 'What', 'On', 'Where', 'Why'].map((label) => (
                      <th key={label} scope="col">
                        {label}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items
                    .map((one) => (isEvent(one) ? ofEvent(one) : ofCommand(one)))
                    .map((row) => (
                      <tr key={row.key}>
                        <td>
                          <Time at={row.when} />
                        </td>
                        <td>{row.who}</td>
                        <td>{row.what}</td>
                        <td>
                          <On {...row} />
                        </td>
                        <td>{row.where}</td>
                        <td>
                          <Told text={row.why} />
                        </td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </div>
          </div>
        </section>
      )}
    </Answered>
  );
};
