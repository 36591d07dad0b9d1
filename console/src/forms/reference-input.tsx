import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { type Kind, useViews } from '../api/catalogue.js';
import type { Page } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';

const FOUND_MAX = 8;
const TYPED_MS = 200;

type Found = Readonly<Record<string, unknown>> & { readonly id: string };

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const nameOf = (found: Found): string =>
  textOf(found.name) ?? textOf(found.title) ?? textOf(found.hostname) ?? found.id;

/** What of a kind is found by a text; the server searches once typing rests. */
const useFound = (kind: Kind, text: string): readonly Found[] => {
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const searchable = useViews().some(
    ({ resource, search }) => resource === kind.type && search.length > 0,
  );
  const { data } = useAnswer<Page<Found>>(
    searchable ? `/${kind.plural}` : null,
    { limit: FOUND_MAX, search: asked },
    { follows: [] },
  );
  return data?.items ?? [];
};

/** The id of another thing, found by its name. Any id can be typed in, too. */
export const ReferenceInput = ({
  id,
  kind,
  text,
  onText,
  required,
  describedBy,
  invalid,
}: {
  readonly id: string;
  readonly kind: Kind;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly required: boolean;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}) => {
  const list = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [chosen, setChosen] = useState<Found>();
  const found = useFound(kind, chosen?.id === text ? '' : text);
  const choose = (one: Found): void => {
    setChosen(one);
    onText(one.id);
    setOpen(false);
    setAt(-1);
  };
  const walk = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setOpen(true);
      setAt((before) => (before + step + found.length) % found.length);
    } else if (event.key === 'Enter' && open && found[at]) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };
  const shown = open && found.length > 0;
  return (
    <div className="reference">
      <input
        id={id}
        className="input"
        role="combobox"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `${list}-${at}` : undefined}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        required={required}
        autoComplete="off"
        placeholder={`Search ${kind.plural.replaceAll('-', ' ')} by name`}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={({ target }) => {
          onText(target.value);
          setOpen(true);
          setAt(-1);
        }}
        onKeyDown={walk}
      />
      {chosen?.id === text && <span className="hint">{nameOf(chosen)}</span>}
      <div id={list} role="listbox" aria-label={kind.type} hidden={!shown} className="options">
        {found.map((one, nth) => (
          <div
            key={one.id}
            id={`${list}-${nth}`}
            role="option"
            tabIndex={-1}
            aria-selected={nth === at}
            // The field keeps the focus; a click would come after it lost it.
            onMouseDown={(event) => {
              event.preventDefault();
              choose(one);
            }}
          >
            <span>{nameOf(one)}</span> <code className="faint">{one.id.slice(0, 8)}</code>
          </div>
        ))}
      </div>
    </div>
  );
};
