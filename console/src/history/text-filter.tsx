import { useEffect, useState } from 'react';
import { useUrlState } from '../api/use-url-state.js';

/** A filter by an exact value: an id, a person. Taken with Enter, or when it is left. */
export const TextFilter = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const { get, patch } = useUrlState();
  const said = get(name) ?? '';
  const [text, setText] = useState(said);
  useEffect(() => setText(said), [said]);
  const take = (): void => {
    if (text.trim() !== said) patch({ [name]: text.trim() });
  };
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        className="input"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onBlur={take}
        onKeyDown={({ key }) => key === 'Enter' && take()}
      />
    </label>
  );
};
