import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { type Column, Rows } from '../../ui/rows.js';
import { useElementHref } from '../landscape/element-link.js';
import { listOf } from '../landscape/list-of.js';
import { keyOf, nameOf } from '../landscape/name-of.js';
import type { Gaps } from './findings.js';

type Gap = Gaps['applications'][number];

const COLUMNS: readonly Column<Gap>[] = [
  { name: 'name', label: 'Application', width: 'minmax(10rem, 1.4fr)', cell: nameOf },
  {
    name: 'is',
    label: 'Classified',
    width: '8.5rem',
    cell: ({ classification }) => <Badge word={classification} />,
  },
  {
    name: 'needed',
    label: 'Needed',
    width: '8.5rem',
    cell: ({ needed }) => <Badge word={needed} />,
  },
  {
    name: 'data',
    label: 'Because of',
    width: 'minmax(14rem, 2fr)',
    cell: ({ data_entities: all }) => {
      const words = all
        .map((one) => `${one.relation_types.join(' and ')} ${nameOf(one)} (${one.classification})`)
        .join(', ');
      return <span title={words}>{words}</span>;
    },
  },
  { name: 'owner', label: 'Owner', width: 'minmax(8rem, 1fr)', cell: ({ owner }) => owner },
];

/** Applications that are classified below their data. A row opens the application. */
export const FoundGaps = () => {
  const answer = useAnswer<Report<Gaps>>('/views/landscape/classification-gaps', {
    ...useMoment(),
  });
  const href = useElementHref();
  return (
    <Answered answer={answer}>
      {({ answer: { gaps, applications } }) => (
        <div className="stack">
          <p role="status">
            <strong>{gaps}</strong> applications are classified below data that they read or write.
          </p>
          <div className="card">
            <Rows
              list={listOf(applications)}
              columns={COLUMNS}
              keyOf={keyOf}
              href={href}
              label="Applications classified below their data"
              empty={
                <Empty title="No application is classified below its data">
                  <p>This needs relations “reads” and “writes” between applications and data.</p>
                </Empty>
              }
            />
          </div>
        </div>
      )}
    </Answered>
  );
};
