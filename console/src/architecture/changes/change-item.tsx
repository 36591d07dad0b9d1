import { Link } from 'wouter';
import { nameIn } from '../../../../src/core/name-in.js';
import { ShownValue } from '../../names/shown-value.js';
import { NameText } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { Value } from '../../ui/value.js';
import { type FieldChange, membersOf, partsOf } from './compared.js';
import { TONES } from './totals.js';
import type { Change } from './use-changes.js';

/** One document that is not the same: its fields then and now. */
export const ChangeItem = ({
  one,
  href,
}: {
  readonly one: Change;
  readonly href: string | null;
}) => {
  const { told, stamps } = partsOf(one.fields ?? []);
  const name = nameIn(one.document) ?? <NameText id={one.key} />;
  return (
    <li className="change">
      <div className="row">
        <Badge word={one.change} tone={TONES[one.change]} />
        <h3>{href === null ? name : <Link href={href}>{name}</Link>}</h3>
      </div>
      {one.change === 'changed' ? (
        <>
          {told.length > 0 && <Fields fields={told} />}
          {told.length === 0 && <p className="small soft">Nothing but who touched it and when.</p>}
          {stamps.length > 0 && (
            <details className="small">
              <summary className="soft">Who and when</summary>
              <Fields fields={stamps} />
            </details>
          )}
        </>
      ) : (
        <Facts one={one} />
      )}
    </li>
  );
};

const said = (field: string): string => field.replaceAll('_', ' ');

const Fields = ({ fields }: { readonly fields: readonly FieldChange[] }) => (
  <dl className="fields">
    {fields.map((one) => (
      <div key={one.field}>
        <dt>{said(one.field)}</dt>
        <dd>
          <FromTo {...one} />
        </dd>
      </div>
    ))}
  </dl>
);

const FromTo = ({ field, from, to }: FieldChange) => {
  const members = membersOf(from, to);
  if (members)
    return (
      <>
        {members.gone.map((one) => (
          <del key={one}>
            <ShownValue name={field} value={one} />
          </del>
        ))}
        {members.come.map((one) => (
          <ins key={one}>
            <ShownValue name={field} value={one} />
          </ins>
        ))}
      </>
    );
  return (
    <>
      <del>
        <ShownValue name={field} value={from} />
      </del>
      <span aria-hidden="true" className="faint">
        →
      </span>
      <span className="visually-hidden"> became </span>
      <ins>
        <ShownValue name={field} value={to} />
      </ins>
    </>
  );
};

/** What tells most about a thing that came or went. */
const TELLING = ['lifecycle', 'status', 'owner', 'capability_name', 'criticality', 'environment'];

const Facts = ({ one }: { readonly one: Change }) => (
  <dl className="fields">
    {TELLING.filter((field) => one.document[field]).map((field) => (
      <div key={field}>
        <dt>{said(field)}</dt>
        <dd>
          <Value value={one.document[field]} />
        </dd>
      </div>
    ))}
  </dl>
);
