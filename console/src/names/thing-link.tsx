import { Link } from 'wouter';
import { CopyId, shortId } from '../ui/copy-id.js';
import type { Reference } from './find-names.js';
import { isId, piecesOf } from './pieces-of.js';
import { useName, useNamed } from './use-name.js';

/** What an id names, as text: for buttons, pictures and sentences. The id until it is known. */
export const NameText = ({ type, id }: Reference) => {
  const name = useName({ type, id });
  return <span title={name ? `${name} (${id})` : id}>{name ?? shortId(id)}</span>;
};

/** What an id names: its name, where it leads, and the id to copy. */
export const ThingLink = ({
  type,
  id,
  at = '',
  copy = true,
}: Reference & {
  /** The moment at which it is looked at: `?at=v12`. */
  readonly at?: string;
  readonly copy?: boolean;
}) => {
  const named = useNamed({ type, id });
  if (!named) return isId(id) ? <CopyId id={id} /> : <span title={id}>{id}</span>;
  return (
    <span className="thing-link">
      <Link
        href={`${named.href}${at}`}
        title={`${named.name} (${id})`}
        onClick={(event) => event.stopPropagation()}
      >
        {named.name}
      </Link>
      {copy && <CopyId id={id} mark />}
    </span>
  );
};

/** A sentence in which things are named by id, such as what a server says: with their names. */
export const Told = ({ text }: { readonly text: string }) => (
  <>
    {piecesOf(text).map((one, nth) =>
      one.isId ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place in the sentence
        <NameText key={nth} id={one.text} />
      ) : (
        one.text
      ),
    )}
  </>
);
