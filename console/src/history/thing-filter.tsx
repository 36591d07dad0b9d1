import { useEffect, useId, useState } from 'react';
import { useUrlState } from '../api/use-url-state.js';
import { wordsOf } from '../forms/words-of.js';
import { useFoundThings } from '../names/use-found-things.js';
import { useName, useNames } from '../names/use-name.js';
import { Combobox } from '../ui/combobox.js';
import { isCalled, meantBy } from './meant.js';

const SHOWN_MAX = 12;

/** What a text means, once the server has said all that it finds by it. */
const useMeant = (text: string, isEntered: boolean) => {
  const { found: all, settled } = useFoundThings(text);
  // Not all may be shown: what is called exactly so is.
  const found = all.toSorted((a, b) => Number(isCalled(b, text)) - Number(isCalled(a, text)));
  const byId = useNames(isEntered ? [{ id: text }] : []);
  const isKnown = isEntered && settled && byId.settled;
  const isKnownId = byId.named.length > 0;
  return { found, meant: isKnown ? meantBy(text, { found, isKnownId }) : undefined };
};

/** A filter by what something happened to: found by its name, kept by its id. */
export const ThingFilter = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const { get, patch } = useUrlState();
  const input = useId();
  const said = get(name) ?? '';
  const called = useName({ id: said });
  const [typed, setTyped] = useState<string>();
  /** What was typed is to be taken, though nothing was chosen. */
  const [isEntered, setEntered] = useState(false);
  const { found, meant } = useMeant(typed?.trim() ?? '', isEntered);
  const write = (text: string | undefined): void => {
    setTyped(text);
    setEntered(false);
  };
  const take = (id: string): void => {
    write(undefined);
    if (id !== said) patch({ [name]: id });
  };
  const enter = (): void => {
    if (typed?.trim() === '') take('');
    else if (typed !== undefined) setEntered(true);
  };
  const id = meant && 'id' in meant ? meant.id : undefined;
  const says = meant && 'says' in meant ? meant.says : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once what was entered is known
  useEffect(() => {
    if (id !== undefined) take(id);
  }, [id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is typed in is taken, wherever one goes
    <div
      className="field"
      onBlur={enter}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) enter();
      }}
    >
      <label className="label" htmlFor={input}>
        {label}
      </label>
      <Combobox
        id={input}
        text={typed ?? called ?? said}
        options={found.slice(0, SHOWN_MAX).map((one) => ({ ...one, about: wordsOf(one.type) }))}
        onText={write}
        onChoose={take}
        listLabel="Things of this name"
        placeholder="Name or id"
        aria-invalid={says !== undefined}
        aria-describedby={says && `${input}-said`}
      />
      {says && (
        <span id={`${input}-said`} className="wrong" role="alert">
          {says}
        </span>
      )}
    </div>
  );
};
