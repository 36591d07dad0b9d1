import { useUrlState } from '../../api/use-url-state.js';
import { GROUPINGS, groupingNamed, ORDERS, orderNamed } from './lines-of.js';
import { moved, type Window, ZOOMS, zoomNamed } from './window-of.js';

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length);

/** How much time is seen and which, and how the lines are put together. */
export const Toolbar = ({ window }: { readonly window: Window }) => {
  const { get, patch } = useUrlState();
  const zoom = zoomNamed(get('zoom'));
  const go = (by: -1 | 1): void => patch({ at: dayOf(moved(window, by)) }, { replace: true });
  return (
    <div className="row between">
      <div className="row">
        <fieldset className="row segments">
          <legend className="visually-hidden">Time seen at once</legend>
          {ZOOMS.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              className="button small"
              aria-pressed={id === zoom}
              onClick={() => patch({ zoom: id === 'all' ? null : id })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        {zoom !== 'all' && (
          <fieldset className="row segments">
            <legend className="visually-hidden">Move in time</legend>
            <button type="button" className="button small" onClick={() => go(-1)}>
              ← Earlier
            </button>
            <button type="button" className="button small" onClick={() => patch({ at: null })}>
              Today
            </button>
            <button type="button" className="button small" onClick={() => go(1)}>
              Later →
            </button>
          </fieldset>
        )}
      </div>
      <div className="row">
        <label className="row small">
          Grouped by
          <select
            className="input choice"
            value={groupingNamed(get('group')).id}
            onChange={(event) => patch({ group: event.target.value })}
          >
            {GROUPINGS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="row small">
          First
          <select
            className="input choice"
            value={orderNamed(get('order')).id}
            onChange={(event) => patch({ order: event.target.value })}
          >
            {ORDERS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
};
