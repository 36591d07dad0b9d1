import { useUrlState } from '../../api/use-url-state.js';
import { SearchBox } from '../../ui/search-box.js';
import { Choices, oneOf } from '../landscape/choices.js';
import { HEATS } from './heat.js';

export const SIZES = { alike: 'All alike', applications: 'By applications' } as const;
export const SHOWN = { map: 'Map', table: 'Table' } as const;
const OVERLAPS = ['1', '2', '3', '5', '10'];

/** What the map tells and how; all of it stands in the address. */
export const MapTools = () => {
  const { get, patch } = useUrlState();
  const heat = oneOf(HEATS, get('heat'), 'lifecycle');
  return (
    <div className="map-tools">
      <div className="grow">
        <SearchBox label="Find a capability" />
      </div>
      <label>
        Colour by
        <select
          className="input"
          value={heat}
          onChange={({ target }) => patch({ heat: target.value })}
        >
          {Object.entries(HEATS).map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {heat === 'coverage' && (
        <label>
          Overlap above
          <select
            className="input"
            value={get('overlap') ?? '1'}
            onChange={({ target }) => patch({ overlap: target.value })}
          >
            {OVERLAPS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
      <label>
        Size
        <select
          className="input"
          value={oneOf(SIZES, get('size'), 'alike')}
          onChange={({ target }) => patch({ size: target.value })}
        >
          {Object.entries(SIZES).map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Choices
        label="Shown as"
        options={SHOWN}
        chosen={oneOf(SHOWN, get('show'), 'map')}
        onChoose={(show) => patch({ show })}
      />
    </div>
  );
};
