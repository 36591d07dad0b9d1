import { useAnswer } from '../../api/use-answer.js';
import type { FoundNode } from '../../api/wire.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Page } from '../../ui/page.js';
import { durationText } from '../../ui/time.js';
import { sizeText } from '../streams/size-text.js';
import { Actors } from './actors.js';
import './nodes.css';
import { Transitions } from './transitions.js';

const EVERY_MS = 3_000;

const number = (value: number | null): string => value?.toLocaleString('en') ?? '–';

const NodeCard = ({ node }: { readonly node: FoundNode }) => (
  <section className="card" aria-label={node.name}>
    <header>
      <h2 className="ellipsis">{node.name}</h2>
      <div className="row">
        {node.this && <Badge word="this node" tone="accent" />}
        <Badge
          word={node.draining ? 'shutting down' : 'serving'}
          tone={node.draining ? 'warn' : 'good'}
        />
      </div>
    </header>
    <dl className="facts body">
      <dt>Address</dt>
      <dd>{node.url ?? 'not known'}</dd>
      <dt>Version</dt>
      <dd>{node.version}</dd>
      <dt>Up for</dt>
      <dd>{node.uptime_seconds === null ? '–' : durationText(node.uptime_seconds)}</dd>
      <dt>Actors in memory</dt>
      <dd>{number(node.residents)}</dd>
      <dt>Commands</dt>
      <dd>
        {number(node.commands_total)} answered, {number(node.under_way)} under way,{' '}
        {number(node.waiting)} waiting
      </dd>
      <dt>Conflicts</dt>
      <dd>{number(node.conflicts)} since the start, each tried again by itself</dd>
      <dt>Memory</dt>
      <dd>{node.memory_bytes === null ? '–' : sizeText(node.memory_bytes)}</dd>
    </dl>
  </section>
);

/** All nodes, the actors in the memory of this one, and what they do just now. */
export const Nodes = () => {
  const answer = useAnswer<{ nodes: readonly FoundNode[] }>(
    '/cluster/nodes',
    {},
    { everyMs: EVERY_MS, follows: [] },
  );
  return (
    <Page
      title="Nodes and actors"
      lead="Every aggregate that was asked for lives in memory as an actor. It leaves when nobody needs it, and comes back from its snapshot and the events since."
    >
      <Answered answer={answer}>
        {({ nodes }) => (
          <div className="node-cards">
            {nodes.map((node) => (
              <NodeCard key={node.id} node={node} />
            ))}
          </div>
        )}
      </Answered>
      <div className="actors-and-feed">
        <Actors />
        <Transitions />
      </div>
    </Page>
  );
};
