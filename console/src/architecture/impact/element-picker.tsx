import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import type { Page } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMoment } from '../../ui/moment-picker.js';
import { KIND_ORDER, keyOf, kindWord, type Named } from '../landscape/name-of.js';

const TYPED_MS = 200;
/** How many of each kind of answer are offered. */
const OFFERED = 12;
const PARTS_OFFERED = 5;
/** Relations have no name, and integrations are called by what they connect. */
const NAMED_KINDS = KIND_ORDER.filter(
  (type) => !['application_service', 'application_interface', 'integration'].includes(type),
);

type Found = { readonly id: string; readonly type: string; readonly name: string };
type Part = { readonly id: string; readonly name: string; readonly application_name: string };
type Option = Found & { readonly about: string };

/** Everything that is called so: aggregates, and the services and interfaces of applications. */
const useFound = (
  search: string,
): { readonly options: readonly Option[]; readonly busy: boolean } => {
  const moment = useMoment();
  const enabled = { enabled: search.length > 0 };
  const query = { search, ...moment };
  const few = { ...query, limit: PARTS_OFFERED };
  const things = useAnswer<Page<Found>>(
    '/views/landscape',
    { ...query, limit: OFFERED, type: NAMED_KINDS },
    enabled,
  );
  const services = useAnswer<Page<Part>>('/services', few, enabled);
  const interfaces = useAnswer<Page<Part>>('/interfaces', few, enabled);
  const partsOf = (type: string, page: Page<Part> | undefined): readonly Option[] =>
    (page?.items ?? []).map(({ id, name, application_name }) => ({
      id,
      type,
      name,
      about: `${kindWord(type)} of ${application_name}`,
    }));
  if (search.length === 0) return { options: [], busy: false };
  return {
    busy: things.isFetching || services.isFetching || interfaces.isFetching,
    options: [
      ...(things.data?.items ?? []).map(({ id, type, name }) => ({
        id,
        type,
        name,
        about: kindWord(type),
      })),
      ...partsOf('application_service', services.data),
      ...partsOf('application_interface', interfaces.data),
    ],
  };
};

/** Find any element of the landscape by its name (WAI-ARIA combobox). */
export const ElementPicker = ({
  onPick,
}: {
  readonly onPick: (one: Pick<Named, 'type' | 'id'>) => void;
}) => {
  const id = useId();
  const [text, setText] = useState('');
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSearch(text.trim());
      setAt(0);
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { options, busy } = useFound(search);
  const shown = open && text.trim() !== '';
  const pick = (one: Option | undefined): void => {
    if (!one) return;
    onPick(one);
    setText('');
    setOpen(false);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      setOpen(true);
      setAt((at + step + options.length) % options.length);
    } else if (event.key === 'Enter') pick(options[at]);
    else if (event.key === 'Escape') setOpen(false);
  };
  return (
    <div className="picker">
      <input
        type="text"
        className="input"
        role="combobox"
        aria-label="Element to look at"
        placeholder="Find an application, server, capability, data, service…"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && options[at] ? `${id}-${at}` : undefined}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setOpen(true);
        }}
        onKeyDown={onKey}
        onBlur={() => setOpen(false)}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Elements called so"
        className="picker-list"
        hidden={!shown}
        tabIndex={-1}
      >
        {options.map((one, nth) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the input
          <div
            key={keyOf(one)}
            id={`${id}-${nth}`}
            role="option"
            tabIndex={-1}
            aria-selected={nth === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(one)}
          >
            <span className="ellipsis">{one.name}</span>
            <span className="faint small ellipsis">{one.about}</span>
          </div>
        ))}
        {options.length === 0 && !busy && <p className="soft small">No results.</p>}
      </div>
    </div>
  );
};
