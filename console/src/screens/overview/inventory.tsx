import { Link } from 'wouter';
import { useKinds } from '../../api/use-kinds.js';
import { useLifecycle } from '../../lifecycle/use-lifecycle.js';
import { Answered } from '../../ui/answered.js';
import { StateBar } from '../lifecycles/state-bar.js';
import { type TypeCounts, useTypeCounts } from '../lifecycles/statistics.js';
import { useStatusHref } from '../lifecycles/use-status-href.js';

const Kind = ({ counts, plural }: { readonly counts: TypeCounts; readonly plural: string }) => {
  const { machine } = useLifecycle(counts.aggregate_type);
  const hrefOf = useStatusHref(machine);
  return (
    <li>
      <div className="row between">
        <h3>
          <Link href={`/things/${plural}`}>{plural.replaceAll('-', ' ')}</Link>
        </h3>
        <Link
          href={`/lifecycles/${counts.aggregate_type}`}
          className="num"
          aria-label={`${counts.aggregates} ${plural}: their lifecycle`}
        >
          {counts.aggregates.toLocaleString('en')}
        </Link>
      </div>
      <StateBar
        states={counts.statuses.map((one) => ({
          ...one,
          href: hrefOf(one.status),
          gone: machine?.states.find(({ name }) => name === one.status)?.kind === 'deleted',
        }))}
      />
    </li>
  );
};

/** How many there are of each kind, and in which state. */
export const Inventory = () => {
  const kinds = useKinds();
  const answer = useTypeCounts();
  return (
    <section className="card" aria-labelledby="inventory">
      <header>
        <h2 id="inventory">What there is</h2>
        <Link href="/lifecycles">All lifecycles</Link>
      </header>
      <div className="body">
        <Answered answer={answer}>
          {({ answer: { types } }) => {
            const some = types.filter(({ aggregates }) => aggregates > 0);
            const none = types.filter(({ aggregates }) => aggregates === 0);
            const pluralOf = (type: string): string =>
              kinds.find((kind) => kind.type === type)?.plural ?? type;
            return (
              <div className="stack">
                <ul className="inventory">
                  {some.map((one) => (
                    <Kind
                      key={one.aggregate_type}
                      counts={one}
                      plural={pluralOf(one.aggregate_type)}
                    />
                  ))}
                </ul>
                {none.length > 0 && (
                  <p className="small soft">
                    None yet:{' '}
                    {none.map(({ aggregate_type: type }, nth) => (
                      <span key={type}>
                        {nth > 0 && ', '}
                        <Link href={`/things/${pluralOf(type)}`}>
                          {pluralOf(type).replaceAll('-', ' ')}
                        </Link>
                      </span>
                    ))}
                  </p>
                )}
              </div>
            );
          }}
        </Answered>
      </div>
    </section>
  );
};
