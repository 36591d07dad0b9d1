import { useEffect, useState } from 'react';
import { useUrlState } from '../api/use-url-state.js';
import { widened } from './bins-of.js';

const INPUT_CHARS = 16;

/** What a field for a time says, as an instant: it is meant in UTC, as everything that is kept. */
const instantOf = (text: string, end: boolean): string | null =>
  text.length === INPUT_CHARS ? `${text}:${end ? '59.999' : '00.000'}Z` : null;

/** An end of a range. It is taken when it was typed whole and left. */
const End = ({
  label,
  value,
  onTake,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onTake: (text: string) => void;
}) => {
  const said = value === undefined ? '' : value.length <= 10 ? `${value}T00:00` : value;
  const shown = said.slice(0, INPUT_CHARS);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const take = (): void => {
    if (text !== shown) onTake(text);
  };
  return (
    <label className="range-end small">
      <span>{label}</span>
      <input
        type="datetime-local"
        className="input"
        max="9999-12-31T23:59"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
    </label>
  );
};

/** The range of time of a list, exactly: beside the picture that it is dragged on. */
export const RangeBar = ({ field }: { readonly field: string }) => {
  const { get, patch } = useUrlState();
  const [from, to] = [get(`${field}.gte`), get(`${field}.lte`)];
  const set = (begin: string | null | undefined, end: string | null | undefined): void =>
    patch({ [`${field}.gte`]: begin, [`${field}.lte`]: end });
  const zoomOut = (): void => {
    if (!from || !to) return;
    const wider = widened({ from, to });
    set(wider.from, wider.to);
  };
  return (
    <div className="range-bar">
      <End label="From (UTC)" value={from} onTake={(text) => set(instantOf(text, false), to)} />
      <End label="To (UTC)" value={to} onTake={(text) => set(from, instantOf(text, true))} />
      {from && to && (
        <button type="button" className="button" onClick={zoomOut}>
          Zoom out
        </button>
      )}
      {(from || to) && (
        <button type="button" className="button" onClick={() => set(null, null)}>
          All time
        </button>
      )}
    </div>
  );
};
