import { useMemo } from 'react';
import { Badge } from '../../ui/badge.js';
import { Empty } from '../../ui/empty.js';
import { type Column, Rows } from '../../ui/rows.js';
import { listOf } from '../landscape/list-of.js';
import { keyOf, kindWord, type Named, nameOf } from '../landscape/name-of.js';
import type { Reached } from './impact-answer.js';
import { wayInWords } from './way-in-words.js';

const columnsFrom = (start: Named): readonly Column<Reached>[] => [
  { name: 'name', label: 'Element', width: 'minmax(11rem, 1.2fr)', cell: nameOf },
  { name: 'kind', label: 'Kind', width: '7rem', cell: ({ type }) => kindWord(type) },
  {
    name: 'status',
    label: 'Status',
    width: '8.5rem',
    cell: ({ status }) => <Badge word={status} />,
  },
  { name: 'distance', label: 'Steps', width: '4rem', numeric: true, cell: (one) => one.distance },
  {
    name: 'way',
    label: 'Shortest way',
    width: 'minmax(20rem, 3fr)',
    cell: ({ path }) => {
      const words = wayInWords(nameOf(start), path);
      return (
        <span className="soft" title={words}>
          {words}
        </span>
      );
    },
  },
];

/** What was reached as a list, the nearest first; Enter shows the way. */
export const ImpactList = ({
  start,
  elements,
  href,
}: {
  readonly start: Named;
  readonly elements: readonly Reached[];
  readonly href: (one: Reached) => string;
}) => {
  const columns = useMemo(() => columnsFrom(start), [start]);
  return (
    <div className="card">
      <Rows
        list={listOf(elements)}
        columns={columns}
        keyOf={keyOf}
        href={href}
        label="Elements by distance"
        empty={<Empty title="Nothing is left with these filters" />}
      />
    </div>
  );
};
