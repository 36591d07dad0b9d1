import { Empty } from '../../ui/empty.js';
import { type FieldRow, fieldsOf, type JsonSchema } from './fields-of.js';

const Row = ({ row }: { readonly row: FieldRow }) => (
  <tr>
    <th scope="row" style={{ paddingLeft: `${0.75 + row.depth * 1.25}rem` }}>
      <code>{row.name}</code>
    </th>
    <td>
      {row.type}
      {row.description && <p className="small soft">{row.description}</p>}
    </td>
    <td>{row.required ? 'yes' : <span className="faint">no</span>}</td>
    <td>{row.nullable ? 'yes' : <span className="faint">no</span>}</td>
  </tr>
);

/** What a message holds, for reading; the JSON has the rest. */
export const Fields = ({ schema }: { readonly schema: JsonSchema }) => {
  const rows = fieldsOf(schema);
  if (rows.length === 0) return <Empty title="It holds no fields of its own" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <div className="table-wrap" tabIndex={0}>
      <table className="table fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">What it is</th>
            <th scope="col">Required</th>
            <th scope="col">May be empty</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.path} ${row.type}`} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
};
