import { wordsOf } from '../forms/words-of.js';
import { Value } from '../ui/value.js';
import { referentOfField } from './referent.js';
import { NameText, ThingLink } from './thing-link.js';
import { useReferents } from './use-name.js';

/** Deeper than this a value is shown as it is on the wire. */
const DEPTH_MAX = 3;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ID = /^[0-9a-f]{8}-|\d{4,}/i;

/** A field by name; an entry that is kept by an id, by what the id names. */
export const FieldName = ({ name }: { readonly name: string }) =>
  ID.test(name) ? <NameText id={name} /> : wordsOf(name);

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
  const kind = referentOfField(useReferents(), name, (other) => beside?.[other]);
  if (kind && typeof value === 'string' && value !== '')
    return <ThingLink type={kind.type} id={value} />;
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
