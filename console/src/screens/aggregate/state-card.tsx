import { memo, useMemo } from 'react';
import { type Kind, useViews } from '../../api/use-kinds.js';
import { useMay } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { ShownValue } from '../../names/shown-value.js';
import { Badge } from '../../ui/badge.js';
import { Problem } from '../../ui/problem.js';
import { type Attribute, attributesOf, statusField } from './attributes-of.js';
import type { Moment } from './moment.js';
import { ShownChange } from './shown-change.js';
import { type Difference, type Document, useBetween } from './use-document.js';

type Compare = 'before' | 'now';
const LABELS: Readonly<Record<Compare, string>> = {
  before: 'The version before',
  now: 'Now',
};

const Row = ({
  attribute: { name, value, change },
  document,
  isStatus,
}: {
  readonly attribute: Attribute;
  readonly document: Document;
  readonly isStatus: boolean;
}) => (
  <tr className={change ? 'changed' : ''}>
    <th scope="row">
      {wordsOf(name)}
      {change && <span className="tag">changed</span>}
    </th>
    <td>
      {change ? (
        <ShownChange field={name} from={change.from} to={change.to} />
      ) : isStatus && typeof value === 'string' ? (
        <Badge word={value} />
      ) : (
        <ShownValue name={name} value={value} beside={document} />
      )}
    </td>
  </tr>
);

/** Everything that is known of it at the moment shown, and what is different from another one. */
const Whole = ({
  kind,
  id,
  document,
  moment,
  version,
  since,
  statuses,
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly document: Document;
  readonly moment: Moment;
  readonly version: number | undefined;
  readonly since: Difference | undefined;
  readonly statuses: readonly string[];
}) => {
  const { get, patch } = useUrlState();
  const mayTravel = useMay('time_travel');
  const past = moment.kind !== 'now';
  const compare: Compare = get('compare') === 'now' && past ? 'now' : 'before';
  const before = useBetween(
    kind,
    id,
    mayTravel && compare === 'before' && version !== undefined
      ? { from: version - 1, to: version }
      : undefined,
  );
  const field = useViews().find(({ resource }) => resource === kind.type)?.fields ?? [];
  const status = statusField(field, statuses);
  const difference = compare === 'now' ? since : before.data;
  const rows = useMemo(
    () => attributesOf(document, version === 1 ? [] : (difference?.changes ?? []), status),
    [document, difference, status, version],
  );
  const changed = rows.filter(({ change }) => change).length;
  return (
    <section className="card" aria-label="State">
      <header>
        <h2>{past ? `State at version ${version ?? '…'}` : 'State now'}</h2>
        {mayTravel && (
          // biome-ignore lint/a11y/useSemanticElements: two buttons that belong together
          <div className="row" role="group" aria-label="Differences to">
            <span className="small soft">
              {changed === 0 ? 'No' : changed} {changed === 1 ? 'difference' : 'differences'} to
            </span>
            {(['before', 'now'] as const).map((one) => (
              <button
                key={one}
                type="button"
                className="button small"
                aria-pressed={compare === one}
                disabled={one === 'now' && !past}
                title={one === 'now' && !past ? 'What you see is now' : undefined}
                onClick={() => patch({ compare: one === 'now' ? 'now' : null }, { replace: true })}
              >
                {LABELS[one]}
              </button>
            ))}
          </div>
        )}
      </header>
      {before.error && compare === 'before' && (
        <div className="body">
          <Problem error={before.error} retry={() => void before.refetch()} />
        </div>
      )}
      <table className="table attributes">
        <caption className="visually-hidden">All attributes</caption>
        <tbody>
          {rows.map((one) => (
            <Row
              key={one.name}
              attribute={one}
              document={document}
              isStatus={one.name === status}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
};

export const StateCard = memo(Whole);
