import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useEntries } from './use-entries.js';

/** Find anything by typing: things by name, things and events by id, screens. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useId();
  const [text, setText] = useState('');
  /** What was walked to; as long as nothing was, the best that is found is chosen. */
  const [walked, setWalked] = useState<string>();
  /** The text that was entered before the server had said what it finds. */
  const [entered, setEntered] = useState<string>();
  const [, navigate] = useLocation();
  const { entries, settled } = useEntries(text);
  const at = Math.max(
    0,
    entries.findIndex(({ key }) => key === walked),
  );
  const chosen = entries[at];
  // Before the next key: none may be lost.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector('input')?.focus();
    return () => element?.close();
  }, []);
  const go = (to: string): void => {
    onClose();
    navigate(to);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once what was entered is known
  useEffect(() => {
    if (entered !== text || !settled) return;
    setEntered(undefined);
    if (chosen) go(chosen.href);
  }, [entered, text, settled]);
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [list, at]);
  const walk = (step: number): void =>
    setWalked(entries[(at + step + entries.length) % entries.length]?.key);
  return (
    <dialog
      ref={dialog}
      className="dialog palette"
      aria-label="Find anything"
      // Told late: in development it is closed and opened again at once.
      onClose={({ currentTarget }) => !currentTarget.open && onClose()}
    >
      <input
        role="combobox"
        aria-label="Find anything"
        aria-expanded="true"
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen && `${list}-${at}`}
        autoComplete="off"
        spellCheck={false}
        placeholder="A name, an id, a screen…"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setWalked(undefined);
          setEntered(undefined);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) walk(step);
          else if (event.key === 'Enter' && walked !== undefined && chosen) go(chosen.href);
          else if (event.key === 'Enter') setEntered(text);
          else return;
          event.preventDefault();
        }}
      />
      <div id={list} role="listbox" aria-label="Found" className="palette-list">
        {entries.map(({ key, label, about, href }, nth) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken where the focus is
          <div
            key={key}
            id={`${list}-${nth}`}
            role="option"
            tabIndex={-1}
            aria-selected={nth === at}
            onClick={() => go(href)}
          >
            <span className="ellipsis">{label}</span>
            <span className="small faint">{about}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 && (
        <p className="palette-empty" role="status">
          {settled
            ? 'Nothing is called so. Names are searched from two letters on, ids from four.'
            : 'Searching…'}
        </p>
      )}
    </dialog>
  );
};
