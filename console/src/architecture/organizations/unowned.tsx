import { Link } from 'wouter';
import { address } from '../../api/address.js';
import type { Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMoment } from '../../ui/moment-picker.js';
import { ElementLink } from '../landscape/element-link.js';
import { countOf, type Named } from '../landscape/name-of.js';
import type { OrganizationNode } from './lines-of.js';

/** So many are named; the rest is counted. */
const NAMED = 40;

const namesIn = (nodes: readonly OrganizationNode[]): readonly string[] =>
  nodes.flatMap((node) => [node.name, ...namesIn(node.children)]);

/** Applications whose owner, by name, is no organization. */
export const OwnersApart = ({ nodes }: { readonly nodes: readonly OrganizationNode[] }) => {
  const moment = useMoment();
  const { data } = useAnswer<Groups>('/applications', { group_by: 'owner', ...moment });
  const names = new Set(namesIn(nodes));
  const apart = (data?.groups ?? []).filter(({ value }) => value !== null && !names.has(value));
  if (apart.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>Owners that are no organization</h2>
        <span className="soft small">
          {apart.length === 1 ? '1 name' : `${apart.length} names`}
        </span>
      </header>
      <div className="body stack">
        <p className="soft small">
          Applications name these as their owner, but no organization is called so.
        </p>
        <ul className="columns">
          {apart.slice(0, NAMED).map(({ value, count }) => (
            <li key={value}>
              <Link href={address('/portfolio', { owner: value, ...moment })}>{value}</Link>
              <span className="soft small num">{countOf(count, 'application')}</span>
            </li>
          ))}
        </ul>
        {apart.length > NAMED && (
          <p className="soft small">and {apart.length - NAMED} more names</p>
        )}
      </div>
    </section>
  );
};

/** What is in use although no organization owns it. */
export const Unowned = ({
  type,
  all,
}: {
  readonly type: string;
  readonly all: readonly Named[];
}) => {
  if (all.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{countOf(all.length, type)} that no organization owns</h2>
      </header>
      <div className="body stack">
        <p className="soft small">
          No relation “owns” leads to them. The command CreateRelation makes one.
        </p>
        <ul className="columns">
          {all.slice(0, NAMED).map((one) => (
            <li key={one.id}>
              <ElementLink one={one} />
            </li>
          ))}
        </ul>
        {all.length > NAMED && <p className="soft small">and {all.length - NAMED} more</p>}
      </div>
    </section>
  );
};
