import type { Runtime } from '../../write/runtime/runtime.js';

/** What a node says of itself to the others. */
export type NodeNumbers = {
  /** What people call it: its host and process. */
  readonly name: string;
  readonly version: string;
  /** Where it is reached over HTTP; null before it listens. */
  readonly url: string | null;
  readonly draining: boolean;
  /** Actors in memory, commands taken and not answered yet, those of them that wait in inboxes. */
  readonly residents: number;
  readonly under_way: number;
  readonly waiting: number;
  readonly commands_total: number;
  readonly conflicts: number;
  readonly memory_bytes: number;
  readonly uptime_seconds: number;
};

/** The numbers of this node as they are now. */
export const nodeNumbers = (
  runtime: Runtime,
  about: Pick<NodeNumbers, 'name' | 'version' | 'url'>,
): NodeNumbers => {
  const { residents, underWay, waiting, outcomes, conflicts } = runtime.stats();
  return {
    ...about,
    draining: runtime.draining,
    residents,
    under_way: underWay,
    waiting,
    conflicts,
    commands_total: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    memory_bytes: process.memoryUsage.rss(),
    uptime_seconds: Math.round(process.uptime()),
  };
};
