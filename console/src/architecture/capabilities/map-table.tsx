import { Badge } from '../../ui/badge.js';
import { LIFECYCLES } from '../landscape/lifecycle-bar.js';
import { rowsOf, type TreeNode } from './tree.js';

/** The map in words and numbers. */
export const MapTable = ({
  nodes,
  chosen,
  onChoose,
}: {
  readonly nodes: readonly TreeNode[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
  <section className="card table-wrap" tabIndex={0} aria-label="Capabilities as a table">
    <table className="table map-table">
      <thead>
        <tr>
          <th scope="col">Capability</th>
          <th scope="col" className="num">
            Own
          </th>
          <th scope="col" className="num">
            With all below
          </th>
          {LIFECYCLES.map((one) => (
            <th key={one} scope="col" className="num">
              {one}
            </th>
          ))}
          <th scope="col">Criticality</th>
          <th scope="col">Coverage</th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(nodes).map(({ node, level }) => (
          <tr key={node.id} aria-selected={node.id === chosen}>
            <th scope="row" className="name" style={{ '--level': level } as object}>
              <button type="button" className="link" onClick={() => onChoose(node.id)}>
                {node.name}
              </button>
            </th>
            <td className="num">{node.own.current}</td>
            <td className="num">{node.total.current}</td>
            {LIFECYCLES.map((one) => (
              <td key={one} className="num">
                {node.total[one]}
              </td>
            ))}
            <td>{node.total.max_criticality && <Badge word={node.total.max_criticality} />}</td>
            <td>
              {node.gap && <Badge word="gap" tone="bad" />}
              {node.overlap && <Badge word="overlap" tone="warn" />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
