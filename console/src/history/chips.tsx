import type { Query } from '../api/address.js';
import { useUrlState } from '../api/use-url-state.js';
import { wordsOf } from '../forms/words-of.js';
import { Told } from '../names/thing-link.js';
import { chipsOf } from './filters-in.js';

const COMPARED: Readonly<Record<string, string>> = {
  gte: 'from',
  lte: 'until',
  gt: 'after',
  lt: 'before',
};

const labelOf = (name: string): string => {
  const [field = '', op] = name.split('.');
  return op === undefined ? wordsOf(field) : `${wordsOf(field)} ${COMPARED[op] ?? op}`;
};

/** Every filter that is set: nothing narrows a list unseen. A click takes one away. */
export const Chips = ({ query }: { readonly query: Query }) => {
  const { all, patch } = useUrlState();
  const chips = chipsOf(query);
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label="Filters that are set">
      {chips.map(({ name, value }) => (
        <li key={`${name} ${value}`}>
          <button
            type="button"
            className="button small set-filter"
            title={`${labelOf(name)} ${value}: take this filter away`}
            onClick={() => patch({ [name]: all(name).filter((one) => one !== value) })}
          >
            <span className="soft">{labelOf(name)}</span>
            <span className="ellipsis">
              <Told text={value} />
            </span>
            <span aria-hidden="true">✕</span>
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          className="button small quiet"
          onClick={() => patch(Object.fromEntries(chips.map(({ name }) => [name, null])))}
        >
          Clear all
        </button>
      </li>
    </ul>
  );
};
