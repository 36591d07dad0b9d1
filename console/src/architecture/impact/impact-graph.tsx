import '@xyflow/react/dist/base.css';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { countOf, kindWord, type Named, nameOf } from '../landscape/name-of.js';
import { type GraphLink, type GraphNode, graphOf, keysOnWay, pairsOnWay } from './graph-of.js';
import type { ImpactAnswer, Reached } from './impact-answer.js';
import { BOX, placed } from './placed.js';
import { drawnInWords, relationWord, saidOf } from './way-in-words.js';

type BoxNode = Node<{ readonly node: GraphNode; readonly look: string }, 'box'>;

const wordsOf = (node: GraphNode): readonly [string, string] =>
  node.kind === 'group'
    ? [countOf(node.count, node.type), 'open them']
    : [nameOf(node.one), `${kindWord(node.one.type)}${wordOf(node.one.status)}`];
const spokenOf = (node: GraphNode): string => {
  const behind = node.kind === 'element' && node.behind > 0 ? `, ${node.behind} behind it` : '';
  return `${wordsOf(node).join(', ')}${behind}`;
};
const wordOf = (status: string): string =>
  status === 'absent'
    ? ', not there'
    : status === 'present'
      ? ''
      : `, ${status.replaceAll('_', ' ')}`;

const Box = ({ data: { node, look } }: NodeProps<BoxNode>) => {
  const [name, about] = wordsOf(node);
  const type = node.kind === 'group' ? node.type : node.one.type;
  return (
    <div className={`impact-box of-${type} ${node.kind} ${look}`} title={`${name}, ${about}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <strong className="ellipsis">{name}</strong>
      {node.kind === 'element' && node.behind > 0 && (
        <b className="behind">+{node.behind.toLocaleString('en')}</b>
      )}
      <span className="ellipsis">{about}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
};
const NODE_TYPES = { box: Box };
/** An arrow points to what a relation says something of, at either end of a line. */
const TIP = { type: MarkerType.ArrowClosed, width: 16, height: 16, orient: 'auto-start-reverse' };

/** The lines of the picture for whoever reads: each as it was stated. */
const linksInWords = ({ nodes, links }: ReturnType<typeof graphOf>): readonly string[] => {
  const names = new Map(nodes.map((node) => [node.key, wordsOf(node)[0]]));
  return links.flatMap(({ from, to, says }: GraphLink) =>
    says.map(({ relation_type, forward }) => {
      const [source, target] = forward ? [from, to] : [to, from];
      return `${names.get(source)} ${relationWord(relation_type)} ${names.get(target)}`;
    }),
  );
};

/** Zoom that still can be read, and that shows hundreds at once. */
const ZOOM = { min: 0.15, max: 1.6, fit: { minZoom: 0.45, maxZoom: 1, padding: 0.06 } } as const;

/** What depends on what as a picture: moved and zoomed, each box by mouse or Tab and Enter. */
export const ImpactGraph = ({
  start,
  elements,
  edges: stated,
  leftOut,
  chosen,
  onChoose,
}: {
  readonly start: Named;
  readonly elements: readonly Reached[];
  readonly edges: ImpactAnswer['edges'];
  /** Relations that the answer had no room for. */
  readonly leftOut: number;
  readonly chosen: Reached | undefined;
  readonly onChoose: (key: string) => void;
}) => {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const { nodes, edges, links } = useMemo(() => {
    const way = keysOnWay(start, chosen);
    const steps = pairsOnWay(start, chosen);
    const graph = graphOf(start, { elements, edges: stated }, { open, needed: way });
    const places = placed(graph);
    const dim = way.size > 0;
    const lookOf = (on: boolean): string => (on ? 'on-way' : dim ? 'aside' : '');
    return {
      nodes: graph.nodes.map(
        (node): BoxNode => ({
          id: node.key,
          type: 'box',
          position: places.get(node.key) ?? { x: 0, y: 0 },
          ...BOX,
          draggable: false,
          connectable: false,
          ariaLabel: spokenOf(node),
          data: { node, look: node.distance === 0 ? 'start' : lookOf(way.has(node.key)) },
        }),
      ),
      links: linksInWords(graph),
      edges: graph.links.map(({ from, to, says }): Edge => {
        const on = steps.has(`${from} ${to}`);
        return {
          id: `${from} ${to}`,
          source: from,
          target: to,
          className: `${lookOf(on)}${says.every(({ confidence }) => confidence < 0.5) ? ' unsure' : ''}`,
          label: saidOf(says),
          zIndex: on ? 1 : 0,
          focusable: false,
          ...(says.some(({ forward }) => forward) && { markerEnd: TIP }),
          ...(says.some(({ forward }) => !forward) && { markerStart: TIP }),
        };
      }),
    };
  }, [start, elements, stated, chosen, open]);
  const flow = useRef<ReactFlowInstance<BoxNode>>(null);
  const shown = nodes.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other boxes are another picture
  useEffect(() => {
    const frame = requestAnimationFrame(() => void flow.current?.fitView(ZOOM.fit));
    return () => cancelAnimationFrame(frame);
  }, [shown]);
  const pick = ({ kind, key }: GraphNode): void => {
    setOpen((before) => (before.has(key) ? before : new Set([...before, key])));
    if (kind === 'element') onChoose(key);
  };
  return (
    <div className="impact-graph stack">
      <div className="frame">
        <ReactFlow<BoxNode>
          // Another start is another picture: it is fitted anew.
          key={`${start.type}:${start.id} ${elements.length}`}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          nodesConnectable={false}
          edgesFocusable={false}
          onInit={(instance) => {
            flow.current = instance;
          }}
          fitView
          fitViewOptions={ZOOM.fit}
          minZoom={ZOOM.min}
          maxZoom={ZOOM.max}
          onlyRenderVisibleElements
          preventScrolling={false}
          zoomOnScroll={false}
          onNodeClick={(_, { data }) => pick(data.node)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            const id = (event.target as Element)
              .closest?.('.react-flow__node')
              ?.getAttribute('data-id');
            const node = nodes.find((one) => one.id === id);
            if (!node) return;
            event.preventDefault();
            pick(node.data.node);
          }}
        >
          <Background gap={24} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <p className="small soft">
        {drawnInWords(leftOut)}: the arrow goes from the one that it says something of to the other.
        A dashed box holds many alike and <b>+n</b> counts what lies behind: choose it to see them.
        The list names everything.
      </p>
      <details className="small">
        <summary>
          {links.length.toLocaleString('en')} relation{links.length === 1 ? '' : 's'} drawn, in
          words
        </summary>
        <ul aria-label="Relations drawn">
          {links.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </details>
    </div>
  );
};
