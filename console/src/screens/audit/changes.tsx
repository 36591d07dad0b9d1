import { Link } from 'wouter';
import { type Query, seg } from '../../api/address.js';
import type { StoredEvent } from '../../api/types.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { useOpenHref } from '../../history/event-panel.js';
import { correctedBy, reasonsOf } from '../../history/taken-by.js';
import { useFreshList } from '../../history/use-fresh-list.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Empty } from '../../ui/empty.js';
import { type Column, Rows } from '../../ui/rows.js';
import { Time } from '../../ui/time.js';
import { OverTime } from './over-time.js';

export const NEWEST = '-recorded_at';

const COLUMNS: readonly Column<StoredEvent>[] = [
  {
    name: 'when',
    label: 'When',
    width: '10rem',
    sort: 'recorded_at',
    cell: (one) => <Time at={one.recorded_at} />,
  },
  {
    name: 'who',
    label: 'Who',
    width: 'minmax(6rem, 0.8fr)',
    sort: 'actor',
    cell: ({ actor, actor_type }) => (
      <>
        {actor} {actor_type !== 'user' && <span className="tag">{actor_type}</span>}
      </>
    ),
  },
  {
    name: 'what',
    label: 'What',
    width: 'minmax(11rem, 1.4fr)',
    sort: 'event_type',
    cell: ({ event_type }) => <strong title={event_type}>{wordsOf(event_type)}</strong>,
  },
  {
    name: 'on',
    label: 'On',
    width: 'minmax(10rem, 1.4fr)',
    sort: 'aggregate_type',
    cell: (one) => (
      <span title={`${wordsOf(one.aggregate_type)} ${one.aggregate_id}`}>
        <ThingLink
          type={one.aggregate_type}
          id={one.aggregate_id}
          at={`?at=v${one.aggregate_version}`}
        />{' '}
        <span className="soft">
          {wordsOf(one.aggregate_type)} v{one.aggregate_version}
        </span>
      </span>
    ),
  },
  {
    name: 'where',
    label: 'Where',
    width: '4rem',
    sort: 'source',
    cell: ({ source }) => source,
  },
  {
    name: 'why',
    label: 'Why',
    width: 'minmax(8rem, 1.8fr)',
    sort: 'business_justification',
    cell: (one) => {
      const why = reasonsOf(one).join(' · ');
      return why === '' ? (
        <span className="faint">–</span>
      ) : (
        <span title={why}>
          <Told text={why} />
        </span>
      );
    },
  },
  {
    name: 'approved',
    label: 'Approval',
    width: '7rem',
    sort: 'approval_id',
    cell: ({ approval_id }) =>
      approval_id === null ? (
        <span className="faint">–</span>
      ) : (
        <ThingLink id={approval_id} copy={false} />
      ),
  },
  {
    name: 'marks',
    label: 'Marks',
    width: '12.5rem',
    cell: (one) => {
      const original = correctedBy(one);
      return (
        <span className="row audit-marks">
          {original !== undefined && (
            <Link href={`/events/${seg(original)}`} onClick={(event) => event.stopPropagation()}>
              corrects
            </Link>
          )}
          {one.sensitive && <span className="tag">sensitive</span>}
          {one.critical && <span className="tag">critical</span>}
        </span>
      );
    },
  },
];

/** Every change: who, what, when, where, why, and who approved it. */
export const Changes = ({ query }: { readonly query: Query }) => {
  const { get, patch } = useUrlState();
  const openHref = useOpenHref('/audit');
  const sort = get('sort') ?? NEWEST;
  const list = useFreshList<StoredEvent>('/audit', { ...query, sort });
  return (
    <div className="stack">
      <OverTime path="/audit" query={query} field="recorded_at" what="changes" />
      <section className="card history-list" aria-label="Changes">
        <header>
          <h2>
            <span role="status">
              {list.total === undefined ? 'Changes' : `${list.total.toLocaleString('en')} changes`}
            </span>
          </h2>
          <span className="small soft">A row opens its approval, corrections and proof.</span>
        </header>
        <Rows
          list={list}
          columns={COLUMNS}
          keyOf={({ event_id }) => event_id}
          href={({ event_id }) => openHref(event_id)}
          sort={sort}
          onSort={(next) => patch({ sort: next === NEWEST ? null : next }, { replace: true })}
          label="Changes"
          empty={<Empty title="No changes match">Take a filter away, or choose other days.</Empty>}
        />
      </section>
    </div>
  );
};
