import { useViews } from '../../api/use-kinds.js';
import { useUrlState } from '../../api/use-url-state.js';
import { type Compared, monthsBefore, PRESETS } from './compared.js';

/** Which list, between which two days, and by which clock. */
export const Period = ({
  compared,
  today,
}: {
  readonly compared: Compared;
  readonly today: string;
}) => {
  const { patch } = useUrlState();
  const views = useViews();
  const { view, from, to, clock } = compared;
  const day = (text: string): string => (text === 'now' ? today : text.slice(0, today.length));
  return (
    <section className="card period" aria-label="What is compared">
      <label className="field">
        <span className="label">What</span>
        <select
          className="input"
          value={view}
          onChange={(event) =>
            // Other lists have other fields: filters would not fit.
            patch({ ...cleared(views, view), view: event.target.value, change: null, search: null })
          }
        >
          {!views.some(({ name }) => name === view) && <option>{view}</option>}
          {views.map(({ name }) => (
            <option key={name} value={name}>
              {name.replaceAll('-', ' ')}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span className="label">From the end of</span>
        <input
          type="date"
          className="input"
          max={today}
          value={day(from)}
          onChange={(event) => patch({ from: event.target.value })}
        />
      </label>
      <label className="field">
        <span className="label">To</span>
        <input
          type="date"
          className="input"
          max={today}
          value={day(to)}
          onChange={(event) => {
            const next = event.target.value;
            patch({ to: next === today ? null : next });
          }}
        />
      </label>
      <label className="field">
        <span className="label">Clock</span>
        <select
          className="input"
          value={clock}
          onChange={(event) => patch({ clock: event.target.value })}
        >
          <option value="effective">What was true</option>
          <option value="recorded">What we knew</option>
        </select>
      </label>
      <fieldset className="row presets">
        <legend className="visually-hidden">Until now</legend>
        {PRESETS.map(({ label, months }) => {
          const since = monthsBefore(today, months);
          return (
            <button
              key={label}
              type="button"
              className="button small"
              aria-pressed={from === since && to === 'now'}
              onClick={() => patch({ from: since, to: null })}
            >
              {label}
            </button>
          );
        })}
      </fieldset>
    </section>
  );
};

/** Takes the filters of a list out of the address. */
const cleared = (
  views: ReturnType<typeof useViews>,
  name: string,
): Readonly<Record<string, null>> =>
  Object.fromEntries(
    (views.find((one) => one.name === name)?.fields ?? []).map((field) => [field.name, null]),
  );
