import { Link } from 'wouter';
import { useKinds, useThingHref } from '../../api/catalogue.js';
import { kindOfField } from '../../forms/reference.js';
import { wordsOf } from '../../forms/words.js';
import { Value } from '../../ui/value.js';

/** Deeper than this a value is shown as it is on the wire. */
const DEPTH_MAX = 3;
const ID_CHARS = 8;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const Linked = ({ type, id }: { readonly type: string; readonly id: string }) => {
  const href = useThingHref();
  return (
    <Link href={href(type, id)} title={id} className="mono">
      {id.length > ID_CHARS + 4 ? `${id.slice(0, ID_CHARS)}…` : id}
    </Link>
  );
};

const ID = /^[0-9a-f]{8}-|\d{4,}/i;

/** A field by name; an entry that is kept by an id, by the beginning of the id. */
export const FieldName = ({ name }: { readonly name: string }) =>
  ID.test(name) ? (
    <code title={name}>{name.length > ID_CHARS + 4 ? `${name.slice(0, ID_CHARS)}…` : name}</code>
  ) : (
    wordsOf(name)
  );

/** A value to read: what is inside it, and links to what it names by id. */
export const ShownValue = ({
  name,
  value,
  beside,
  depth = 0,
}: {
  readonly name: string;
  readonly value: unknown;
  /** The other fields of the same object. */
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly depth?: number;
}) => {
  const kinds = useKinds();
  const kind = kindOfField(kinds, name, (other) => beside?.[other]);
  if (kind && typeof value === 'string' && value !== '')
    return <Linked type={kind.type} id={value} />;
  if (Array.isArray(value) && value.length > 0 && (kind || value.some(isRecord)))
    return (
      <ul className="value-list">
        {value.map((one, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing else tells equal values apart
          <li key={nth}>
            <ShownValue name={name} value={one} depth={depth + 1} />
          </li>
        ))}
      </ul>
    );
  if (isRecord(value) && depth < DEPTH_MAX) {
    const inside = Object.entries(value);
    if (inside.length === 0) return <span className="faint">none</span>;
    return (
      <dl className="value-facts">
        {inside.map(([field, one]) => (
          <div key={field}>
            <dt>
              <FieldName name={field} />
            </dt>
            <dd>
              <ShownValue name={field} value={one} beside={value} depth={depth + 1} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <Value value={value} />;
};
