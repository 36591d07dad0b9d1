import type { KeyboardEvent, ReactNode } from 'react';

export type Tab = { readonly id: string; readonly label: string; readonly content: ReactNode };

/** Parts of a screen of which one is shown; arrow keys move between them (WAI-ARIA tabs). */
export const Tabs = ({
  tabs,
  selected,
  onSelect,
  label,
}: {
  readonly tabs: readonly Tab[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly label: string;
}) => {
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === selected),
  );
  const current = tabs[at];
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div className="stack">
      <div role="tablist" aria-label={label} className="tabs" onKeyDown={move}>
        {tabs.map(({ id, label: name }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === current?.id}
            aria-controls={`panel-${id}`}
            tabIndex={id === current?.id ? 0 : -1}
            onClick={() => onSelect(id)}
          >
            {name}
          </button>
        ))}
      </div>
      {current && (
        <div role="tabpanel" id={`panel-${current.id}`} aria-labelledby={`tab-${current.id}`}>
          {current.content}
        </div>
      )}
    </div>
  );
};
