import { Fault } from '../../core/refusal.js';
import type { ProjectionState, ProjectionStatus } from '../../read/projector/projections.js';

/** Longest that one store may take to say whether it is there. */
const ANSWER_WITHIN_MS = 1_200;
/** An answer serves everyone who asks within this time. */
const KEPT_MS = 1_000;

/** One thing that a node needs to be in order. */
export type Part = {
  /** `node`, `event_store`, `streams_beside`, `read_store` or `projection:<name>`. */
  readonly name: string;
  readonly state:
    | 'up'
    | 'unreachable'
    | 'full'
    | 'unfit'
    | 'foreign'
    | 'shutting_down'
    | ProjectionState;
  /** What is the matter, or worth knowing, as a sentence. */
  readonly reason: string | null;
  /** Whether this alone makes the node not ready. */
  readonly ready: boolean;
};

/** What is asked; rejecting with a Fault says why not. All but the event store may be missing: a node without a read side. */
export type Checked = {
  readonly draining: () => boolean;
  readonly eventStore: () => Promise<boolean>;
  /** What is worth knowing of an event store that is there. */
  readonly storeNote?: () => string | null;
  /** What is the matter with the streams and buckets beside the events: commands do not need them. */
  readonly beside?: () => string | null;
  /** The code of why nothing may be written, as far as the node knows without asking anybody. */
  readonly storeShut?: () => string | undefined;
  /** Rejects with a Fault that says why not, when it knows. */
  readonly readStore?: () => Promise<boolean>;
  readonly projections?: () => readonly ProjectionStatus[];
};

/** Whether a node is in order, part by part. */
export type Readiness = {
  /** Never rejects, and settles within a second and a half. */
  parts(): Promise<readonly Part[]>;
};

/**
 * Stopped on purpose, moved by another node, or being built: nobody need be woken. A projection
 * whose read store is gone counts through the read store's part too.
 */
const NOT_READY: ReadonlySet<ProjectionState> = new Set([
  'stalled',
  'log_truncated',
  'store_unavailable',
]);

/** What a store says of itself that is there and takes nothing. */
const STATES: Readonly<Record<string, Part['state']>> = {
  STORE_FULL: 'full',
  LOG_TRUNCATED: 'log_truncated',
  READ_STORE_FOREIGN: 'foreign',
};

type Trouble = Pick<Part, 'state'> & { readonly reason: string };

/** Null when it answers in time, else why not. */
const troubleOf = async (ask: () => Promise<boolean>, gone: string): Promise<Trouble | null> => {
  const silent: Trouble = { state: 'unreachable', reason: gone };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
  });
  try {
    return (await Promise.race([ask(), late])) ? null : silent;
  } catch (error) {
    if (!(error instanceof Fault)) return silent;
    return { state: STATES[error.code] ?? 'unreachable', reason: error.message };
  } finally {
    clearTimeout(timer);
  }
};

const storePart = async (
  name: string,
  ask: () => Promise<boolean>,
  gone: string,
): Promise<Part> => {
  const trouble = await troubleOf(ask, gone);
  return { name, state: 'up', reason: null, ...trouble, ready: trouble === null };
};

const buildReason = ({ build }: ProjectionStatus): string | null => {
  if (!build) return null;
  const { generation, done, total } = build;
  return `generation ${generation} is being built: ${done} of ${total} messages`;
};

const projectionPart = (status: ProjectionStatus): Part => ({
  name: `projection:${status.name}`,
  state: status.state,
  reason: status.reason ?? buildReason(status),
  ready: !NOT_READY.has(status.state),
});

const nodePart = (draining: boolean): Part => ({
  name: 'node',
  state: draining ? 'shutting_down' : 'up',
  reason: draining ? 'this node is shutting down' : null,
  ready: !draining,
});

const besidePart = (reason: string | null): Part => ({
  name: 'streams_beside',
  state: reason === null ? 'up' : 'unfit',
  reason,
  ready: true,
});

const check = async ({
  draining,
  eventStore,
  storeNote,
  beside,
  readStore,
  projections,
}: Checked): Promise<readonly Part[]> => {
  const [events, read] = await Promise.all([
    storePart('event_store', eventStore, 'the event store cannot be written to'),
    readStore && storePart('read_store', readStore, 'the read store does not answer'),
  ]);
  const statuses = projections?.() ?? [];
  const noted = events.ready ? { ...events, reason: storeNote?.() ?? null } : events;
  return [
    nodePart(draining()),
    noted,
    ...(beside ? [besidePart(beside())] : []),
    ...(read ? [read] : []),
    ...statuses.map(projectionPart),
  ];
};

/** One answer is shared by all who ask while it is fresh: probes must not become load. */
export const createReadiness = (
  checked: Checked,
  clock: () => number = () => performance.now(),
): Readiness => {
  let asked: Promise<readonly Part[]> | undefined;
  let since = 0;
  let shut: string | undefined;
  return {
    parts: () => {
      // What a node decided for itself is known at once.
      const shutNow = checked.storeShut?.();
      const isOld = checked.draining() || shutNow !== shut || clock() - since >= KEPT_MS;
      if (asked && !isOld) return asked;
      since = clock();
      shut = shutNow;
      asked = check(checked);
      return asked;
    },
  };
};
