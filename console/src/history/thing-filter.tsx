import { useId, useState } from 'react';
import { useUrlState } from '../api/url-state.js';
import { wordsOf } from '../forms/words.js';
import { useFoundThings } from '../names/use-found.js';
import { useName } from '../names/use-name.js';
import { Combobox } from '../ui/combobox.js';

const SHOWN_MAX = 12;

/** A filter by what something happened to: found by its name, kept by its id. */
export const ThingFilter = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const { get, patch } = useUrlState();
  const input = useId();
  const said = get(name) ?? '';
  const called = useName({ id: said });
  const [typed, setTyped] = useState<string>();
  const { found } = useFoundThings(typed ?? '');
  const take = (id: string): void => {
    setTyped(undefined);
    if (id !== said) patch({ [name]: id });
  };
  /** What was typed and not chosen: the one that is called so, the only one, or else an id. */
  const takeTyped = (): void => {
    if (typed === undefined) return;
    const text = typed.trim();
    const exact = found.find((one) => one.name.toLowerCase() === text.toLowerCase());
    take((exact ?? (found.length === 1 ? found[0] : undefined))?.id ?? text);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is typed in is taken, wherever one goes
    <div
      className="field"
      onBlur={takeTyped}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) takeTyped();
      }}
    >
      <label className="label" htmlFor={input}>
        {label}
      </label>
      <Combobox
        id={input}
        text={typed ?? called ?? said}
        options={found.slice(0, SHOWN_MAX).map((one) => ({ ...one, about: wordsOf(one.type) }))}
        onText={setTyped}
        onChoose={take}
        listLabel="Things of this name"
        placeholder="Name or id"
      />
    </div>
  );
};
