import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { type Column, Rows } from '../../ui/rows.js';
import { Time } from '../../ui/time.js';
import { impactHref } from '../landscape/element-link.js';
import { listOf } from '../landscape/list-of.js';
import { keyOf, nameOf } from '../landscape/name-of.js';
import type { Sunsets } from './findings.js';

type Ending = Sunsets['applications'][number];

const namesOf = (all: readonly { readonly name: string; readonly id: string }[]): string =>
  all.map(nameOf).join(', ');

const replacementOf = ({ replacement }: Ending) => {
  const { interfaces, replaced, interfaces_without_replacement: missing } = replacement;
  if (replaced === null) return <span className="faint">no interfaces</span>;
  if (replaced) return <Badge word="replaced" tone="good" />;
  const words = `${missing.length} of ${interfaces} interfaces without: ${namesOf(missing)}`;
  return <span title={words}>{words}</span>;
};

const columnsOn = (today: string): readonly Column<Ending>[] => [
  { name: 'name', label: 'Application', width: 'minmax(10rem, 1.4fr)', cell: nameOf },
  {
    name: 'sunset',
    label: 'Sunset',
    width: '10.5rem',
    cell: ({ sunset_date: date }) =>
      date !== null && date < today ? (
        <>
          <Time at={date} date /> <Badge word="overdue" tone="bad" />
        </>
      ) : (
        <Time at={date} date />
      ),
  },
  { name: 'owner', label: 'Owner', width: 'minmax(8rem, 1fr)', cell: ({ owner }) => owner },
  {
    name: 'dependants',
    label: 'Still hangs on it',
    width: 'minmax(14rem, 2fr)',
    cell: ({ live_dependants: all }) =>
      all.length === 0 ? (
        <Badge word="nobody" tone="good" />
      ) : (
        <span title={namesOf(all)}>
          <strong>{all.length}</strong> {namesOf(all)}
        </span>
      ),
  },
  {
    name: 'replacement',
    label: 'Replacement',
    width: 'minmax(9rem, 1fr)',
    cell: replacementOf,
  },
];

/** Applications on their way out: who still hangs on them. A row opens what it affects. */
export const FoundSunsets = () => {
  const moment = useMoment();
  const answer = useAnswer<Report<Sunsets>>('/views/landscape/sunsets', { ...moment });
  return (
    <Answered answer={answer}>
      {({ answer: { today, ending, blocked, applications } }) => (
        <div className="stack">
          <p role="status">
            <strong>{ending}</strong> applications are on their way out; <strong>{blocked}</strong>{' '}
            of them still have others that hang on them.
          </p>
          <div className="card">
            <Rows
              list={listOf(applications)}
              columns={columnsOn(today)}
              keyOf={keyOf}
              href={(one) => impactHref(one, moment)}
              label="Applications on their way out"
              empty={
                <Empty title="No application is on its way out">
                  <p>An application gets here by the command TransitionLifecycle to deprecated.</p>
                </Empty>
              }
            />
          </div>
        </div>
      )}
    </Answered>
  );
};
