import type { Query } from '../../api/address.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Histogram } from '../../history/histogram.js';

/** How many over time; what is dragged on it is the period of the whole audit. */
export const OverTime = ({
  path,
  query,
  field,
  what,
}: {
  readonly path: string;
  readonly query: Query;
  readonly field: string;
  readonly what: string;
}) => {
  const { get, patch } = useUrlState();
  return (
    <section className="card no-print" aria-label="Over time">
      <header>
        <h2>Over time</h2>
        {get('from') || get('to') ? (
          <button
            type="button"
            className="button small"
            onClick={() => patch({ from: null, to: null })}
          >
            All time
          </button>
        ) : (
          <span className="small soft">Drag to narrow; or arrow keys and Enter</span>
        )}
      </header>
      <div className="body">
        <Histogram
          path={path}
          query={query}
          field={field}
          what={what}
          onChoose={({ from, to }) => patch({ from, to })}
        />
      </div>
    </section>
  );
};
