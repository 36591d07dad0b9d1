import { useUrlState } from '../api/use-url-state.js';

export type MomentQuery = { readonly as_of?: string; readonly effective_at?: string };

/** Which moment a screen shows: what was known then, or what was true then. Stands in the address. */
export const useMoment = (): MomentQuery => {
  const { get } = useUrlState();
  const as_of = get('as_of');
  const effective_at = get('effective_at');
  return { ...(as_of && { as_of }), ...(effective_at && { effective_at }) };
};

/** Choose the moment a screen shows. Without one it is now. */
export const MomentPicker = () => {
  const { patch } = useUrlState();
  const { as_of, effective_at } = useMoment();
  const clock = as_of ? 'as_of' : 'effective_at';
  const at = (as_of ?? effective_at ?? '').slice(0, 10);
  const choose = (name: string, date: string): void =>
    patch({ as_of: null, effective_at: null, [name]: date });
  return (
    <fieldset className="row moment">
      <legend className="visually-hidden">Moment shown</legend>
      <select
        className="input"
        aria-label="Which clock"
        value={clock}
        onChange={(event) => choose(event.target.value, at)}
      >
        <option value="effective_at">True on</option>
        <option value="as_of">Known on</option>
      </select>
      <input
        type="date"
        className="input"
        aria-label="Date shown"
        value={at}
        onChange={(event) => choose(clock, event.target.value)}
      />
      {at && (
        <button type="button" className="button" onClick={() => choose(clock, '')}>
          Back to now
        </button>
      )}
    </fieldset>
  );
};
