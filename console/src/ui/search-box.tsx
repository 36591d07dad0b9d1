import { useEffect, useState } from 'react';
import { useUrlState } from '../api/use-url-state.js';

const TYPED_MS = 250;

/** A text to search by; it stands in the address once typing pauses. */
export const SearchBox = ({
  name = 'search',
  label,
  placeholder,
}: {
  readonly name?: string;
  readonly label: string;
  readonly placeholder?: string;
}) => {
  const { get, patch } = useUrlState();
  const said = get(name) ?? '';
  const [text, setText] = useState(said);
  useEffect(() => setText(said), [said]);
  useEffect(() => {
    if (text === said) return;
    const timer = setTimeout(() => patch({ [name]: text }, { replace: true }), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text, said, name, patch]);
  return (
    <input
      type="search"
      className="input"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
};
