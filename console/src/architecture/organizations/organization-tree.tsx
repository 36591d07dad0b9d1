import { type KeyboardEvent, useRef, useState } from 'react';
import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useThingHref } from '../../api/use-kinds.js';
import { Badge } from '../../ui/badge.js';
import { useMoment } from '../../ui/moment-picker.js';
import { ElementLink } from '../landscape/element-link.js';
import { LifecycleBar, lifecycleWords } from '../landscape/lifecycle-bar.js';
import { kindWord } from '../landscape/name-of.js';
import { keyMeans, linesOf, type OrganizationNode, type TreeLine } from './lines-of.js';

/** The organizations as a tree that is walked by arrow keys (WAI-ARIA treegrid). */
export const OrganizationTree = ({
  nodes,
  turned,
  onTurn,
}: {
  readonly nodes: readonly OrganizationNode[];
  readonly turned: ReadonlySet<string>;
  readonly onTurn: (id: string) => void;
}) => {
  const lines = linesOf(nodes, turned);
  const [at, setAt] = useState(0);
  const current = Math.min(at, lines.length - 1);
  const table = useRef<HTMLTableElement>(null);
  const onKey = (event: KeyboardEvent<HTMLTableElement>): void => {
    const means = keyMeans(lines, current, event.key);
    if (!means) return;
    event.preventDefault();
    if ('turn' in means) onTurn(means.turn);
    else {
      setAt(means.go);
      table.current?.querySelector<HTMLElement>(`[data-line="${means.go}"]`)?.focus();
    }
  };
  return (
    <div className="card table-wrap">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: WAI-ARIA says so */}
      <table ref={table} className="table organizations" role="treegrid" onKeyDown={onKey}>
        <caption className="visually-hidden">
          Organizations with what they own. Right and left arrow open and close.
        </caption>
        <thead>
          <tr>
            <th scope="col">Organization</th>
            <th scope="col" className="num">
              Applications
            </th>
            <th scope="col">By lifecycle, with all below</th>
            <th scope="col" className="num">
              Servers
            </th>
            <th scope="col">
              <span className="visually-hidden">Go to</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, nth) => (
            <tr
              key={line.key}
              data-line={nth}
              tabIndex={nth === current ? 0 : -1}
              aria-level={line.level}
              aria-posinset={line.position}
              aria-setsize={line.siblings}
              aria-expanded={line.kind === 'organization' && line.opens ? line.open : undefined}
              onFocus={() => setAt(nth)}
            >
              <Line line={line} onTurn={onTurn} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const indented = (level: number) => ({ paddingLeft: `calc(var(--s3) + ${level - 1} * 1.5rem)` });

const Line = ({
  line,
  onTurn,
}: {
  readonly line: TreeLine;
  readonly onTurn: (id: string) => void;
}) => {
  if (line.kind === 'organization') return <Organization line={line} onTurn={onTurn} />;
  if (line.kind === 'owned')
    return (
      <>
        <td style={indented(line.level)}>
          <span className="indent">
            <ElementLink one={line.one} />
          </span>
        </td>
        <td />
        <td>
          <span className="row">
            <span className="soft small">{kindWord(line.one.type)}</span>
            <Badge word={line.one.status} />
          </span>
        </td>
        <td />
        <td />
      </>
    );
  return (
    <td colSpan={5} className="soft small" style={indented(line.level)}>
      <span className="indent">
        and {line.count.toLocaleString('en')} more: see the page of {line.of.name}
      </span>
    </td>
  );
};

const total = (by: Readonly<Record<string, number>>): number =>
  Object.values(by).reduce((sum, one) => sum + one, 0);
/** `12`, or `3 of 12` where some of it is owned below. */
const ownOf = (own: number, all: number) =>
  own === all ? (
    all.toLocaleString('en')
  ) : (
    <span title={`${own} of its own, ${all} with all below`}>
      {all.toLocaleString('en')} <span className="soft small">({own} own)</span>
    </span>
  );

const Organization = ({
  line: { node, open, opens, level },
  onTurn,
}: {
  readonly line: Extract<TreeLine, { readonly kind: 'organization' }>;
  readonly onTurn: (id: string) => void;
}) => {
  const moment = useMoment();
  const href = useThingHref();
  const { own, total: all } = node;
  return (
    <>
      <td style={indented(level)}>
        <span className="row nowrap">
          <button
            type="button"
            className="button quiet small turn"
            tabIndex={-1}
            aria-label={`${open ? 'Close' : 'Open'} ${node.name}`}
            disabled={!opens}
            onClick={() => onTurn(node.id)}
          >
            {opens ? (open ? '▾' : '▸') : '·'}
          </button>
          <Link href={address(href('Organization', node.id), { ...moment })}>
            <strong>{node.name}</strong>
          </Link>
          {node.orphan && <Badge word="its parent is gone" tone="warn" />}
        </span>
      </td>
      <td className="num">{ownOf(own.applications.current, all.applications.current)}</td>
      <td className="bar-cell">
        <LifecycleBar counts={all.applications} />
        <span className="soft small">{lifecycleWords(all.applications)}</span>
      </td>
      <td className="num">{ownOf(total(own.servers), total(all.servers))}</td>
      <td>
        <Link className="small" href={address('/portfolio', { owner: node.name, ...moment })}>
          Portfolio
        </Link>
      </td>
    </>
  );
};
