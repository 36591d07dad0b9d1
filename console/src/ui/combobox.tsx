import { type ReactNode, useId, useState } from 'react';

export type Option = { readonly id: string; readonly name: ReactNode; readonly about: string };

/** A text field that offers what fits: chosen by mouse, or by arrow keys and Enter. */
export const Combobox = ({
  text,
  options,
  onText,
  onChoose,
  listLabel,
  ...input
}: {
  readonly text: string;
  readonly options: readonly Option[];
  readonly onText: (text: string) => void;
  readonly onChoose: (id: string) => void;
  readonly listLabel: string;
  readonly id?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-describedby'?: string | undefined;
}) => {
  const list = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const choose = (id: string): void => {
    onChoose(id);
    setOpen(false);
    setAt(-1);
  };
  const shown = open && options.length > 0;
  return (
    <div className="reference">
      <input
        {...input}
        className="input"
        role="combobox"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `${list}-${at}` : undefined}
        autoComplete="off"
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={({ target }) => {
          onText(target.value);
          setOpen(true);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          const chosen = options[at];
          if (step !== undefined && options.length > 0) {
            event.preventDefault();
            setOpen(true);
            setAt((before) => Math.max(before + step, -1) % options.length);
          } else if (event.key === 'Enter' && open && chosen) {
            event.preventDefault();
            choose(chosen.id);
          } else if (event.key === 'Escape' && shown) {
            // It closes the list, not the form around it.
            event.preventDefault();
            setOpen(false);
          }
        }}
      />
      <div id={list} role="listbox" aria-label={listLabel} hidden={!shown} className="options">
        {options.map((one, nth) => (
          <div
            key={one.id}
            id={`${list}-${nth}`}
            role="option"
            tabIndex={-1}
            aria-selected={nth === at}
            // The field keeps the focus; a click would come after it lost it.
            onMouseDown={(event) => {
              event.preventDefault();
              choose(one.id);
            }}
          >
            <span>{one.name}</span> <span className="faint small">{one.about}</span>
          </div>
        ))}
      </div>
    </div>
  );
};
