import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useThingHref } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { type Column, Rows } from '../../ui/rows.js';
import { listOf } from '../landscape/list-of.js';
import { nameOf } from '../landscape/name-of.js';
import type { Stale } from './findings.js';
import { relationWord } from './way-in-words.js';

type StaleRelation = Stale['items'][number];

const DAYS = ['0', '90', '180', '365', '730'];
const USUAL_DAYS = '365';

const REASONS: Readonly<Record<string, string>> = {
  not_verified: 'not verified',
  low_confidence: 'hardly believed',
  end_gone: 'an end is gone',
};

const COLUMNS: readonly Column<StaleRelation>[] = [
  {
    name: 'relation',
    label: 'Relation',
    width: 'minmax(18rem, 3fr)',
    cell: ({ source, target, relation_type }) => (
      <>
        <strong>{nameOf(source)}</strong>{' '}
        <span className="soft">{relationWord(relation_type)}</span>{' '}
        <strong>{nameOf(target)}</strong>
      </>
    ),
  },
  {
    name: 'why',
    label: 'Why',
    width: 'minmax(12rem, 1.2fr)',
    cell: ({ reasons }) =>
      reasons.map((one) => (
        <Badge key={one} word={REASONS[one] ?? one} tone={one === 'end_gone' ? 'bad' : 'warn'} />
      )),
  },
  {
    name: 'confidence',
    label: 'Sure',
    width: '5rem',
    numeric: true,
    cell: ({ confidence }) => `${Math.round(confidence * 100)} %`,
  },
  {
    name: 'days',
    label: 'Days unseen',
    width: '7rem',
    numeric: true,
    cell: ({ days }) => days.toLocaleString('en'),
  },
];

/** Relations that somebody should look at. A row opens the relation. */
export const FoundStale = () => {
  const { get, patch } = useUrlState();
  const moment = useMoment();
  const older_than_days = get('older') ?? USUAL_DAYS;
  const answer = useAnswer<Report<Stale>>('/views/landscape/stale-relations', {
    older_than_days,
    ...moment,
  });
  const href = useThingHref();
  return (
    <Answered answer={answer}>
      {({ answer: { items, truncated, ...counts } }) => (
        <div className="stack">
          <div className="row between">
            <p role="status">
              <strong>{counts.stale}</strong> of {counts.relations} relations should be looked at:{' '}
              {counts.not_verified} not verified for long, {counts.low_confidence} hardly believed,{' '}
              {counts.end_gone} with an end that is retired or gone.
              {truncated && ` The first ${items.length} are shown.`}
            </p>
            <label className="row small soft">
              Not verified for more than
              <select
                className="input narrow"
                value={older_than_days}
                onChange={({ target }) => patch({ older: target.value })}
              >
                {DAYS.map((one) => (
                  <option key={one} value={one}>
                    {one} days
                  </option>
                ))}
              </select>
            </label>
          </div>
          <div className="card">
            <Rows
              list={listOf(items)}
              columns={COLUMNS}
              keyOf={({ relation_id }) => relation_id}
              href={({ relation_id }) => href('Relation', relation_id)}
              label="Relations to look at"
              empty={
                <Empty title="Every relation was looked at">
                  <p>A relation stays fresh by the command VerifyRelation on its page.</p>
                </Empty>
              }
            />
          </div>
        </div>
      )}
    </Answered>
  );
};
