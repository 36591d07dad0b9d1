import { FieldName, ShownValue } from '../../names/shown-value.js';
import { listDifference, recordDifference } from './attributes-of.js';

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

/** From what to what: of lists what came and what went. */
export const ShownChange = ({
  field,
  from,
  to,
}: {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}) => {
  const lists = listDifference(from, to);
  if (lists)
    return (
      <span className="change">
        {lists.gone.map((one) => (
          <del key={JSON.stringify(one)}>
            <span className="visually-hidden">removed </span>
            <ShownValue name={field} value={one} />
          </del>
        ))}
        {lists.come.map((one) => (
          <ins key={JSON.stringify(one)}>
            <span className="visually-hidden">added </span>
            <ShownValue name={field} value={one} />
          </ins>
        ))}
      </span>
    );
  const entries = recordDifference(from, to);
  if (entries)
    return (
      <dl className="value-facts">
        {entries.map((one) => (
          <div key={one.field}>
            <dt>
              <FieldName name={one.field} />
            </dt>
            <dd>
              <ShownChange {...one} />
            </dd>
          </div>
        ))}
      </dl>
    );
  return (
    <span className="change">
      {!isEmpty(from) && (
        <>
          <del>
            <span className="visually-hidden">was </span>
            <ShownValue name={field} value={from} />
          </del>
          <span aria-hidden="true">→</span>
        </>
      )}
      <ins>
        <span className="visually-hidden">became </span>
        {isEmpty(to) ? 'nothing' : <ShownValue name={field} value={to} />}
      </ins>
    </span>
  );
};
