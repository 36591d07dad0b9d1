import type { StoredEvent } from '../../api/types.js';
import { wordsOf } from '../../forms/words-of.js';
import { reasonsOf } from '../../history/taken-by.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import type { Column } from '../../ui/rows.js';
import { Time } from '../../ui/time.js';

export type TimeField = 'recorded_at' | 'occurred_at';

/** What the list shows of an event; the time is of the clock that was chosen. */
export const columnsFor = (time: TimeField): readonly Column<StoredEvent>[] => [
  {
    name: 'time',
    label: time === 'recorded_at' ? 'Recorded' : 'Effective',
    width: '10rem',
    sort: time,
    cell: (one) => <Time at={one[time]} />,
  },
  {
    name: 'event',
    label: 'Event',
    width: 'minmax(12rem, 1.6fr)',
    sort: 'event_type',
    cell: (one) => (
      <>
        <strong className="event-name">{wordsOf(one.event_type)}</strong>
        {one.sensitive && <span className="tag">sensitive</span>}
      </>
    ),
  },
  {
    name: 'on',
    label: 'On',
    width: 'minmax(11rem, 1.6fr)',
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
    name: 'actor',
    label: 'By',
    width: 'minmax(6rem, 0.8fr)',
    sort: 'actor',
    cell: (one) => one.actor,
  },
  { name: 'source', label: 'From', width: '4.5rem', sort: 'source', cell: (one) => one.source },
  {
    name: 'why',
    label: 'Why',
    width: 'minmax(9rem, 2fr)',
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
];
