import type { Comparison } from '../../api/wire.js';
import { Notice } from '../../ui/notice.js';
import { fieldsThatDiffer } from './troubles.js';

const shown = (value: unknown): string => JSON.stringify(value) ?? 'not there';

/** What two sets of documents have in common and where they differ, field by field. */
export const Compared = ({
  comparison,
  names: [first, second],
}: {
  readonly comparison: Comparison;
  readonly names: readonly [string, string];
}) => {
  const { equal, documents, only_in_first, only_in_second, different, differences } = comparison;
  if (equal)
    return (
      <Notice tone="good">
        <p>
          {documents.toLocaleString('en')} documents, and not one differs: {first} and {second} say
          the same at <code>{comparison.position}</code>.
        </p>
      </Notice>
    );
  const total = only_in_first + only_in_second + different;
  return (
    <div className="stack">
      <Notice tone="warn">
        <p>
          {different} differ, {only_in_first} are only in {first}, {only_in_second} only in {second}
          .{differences.length < total && ` The first ${differences.length} are shown.`}
        </p>
      </Notice>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
      <div className="compared" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th>Document</th>
              <th>Field</th>
              <th>{first}</th>
              <th>{second}</th>
            </tr>
          </thead>
          <tbody>
            {differences.flatMap(({ key, first: a, second: b }) =>
              fieldsThatDiffer(a, b).map((one, nth) => (
                <tr key={`${key} ${one.field}`}>
                  <td>{nth === 0 && <code>{key}</code>}</td>
                  <td>{one.field}</td>
                  <td>
                    <del>{shown(one.first)}</del>
                  </td>
                  <td>
                    <ins>{shown(one.second)}</ins>
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </div>
  );
};
