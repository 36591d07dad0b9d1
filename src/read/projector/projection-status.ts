import type { Projection } from '../../core/projection.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import type { BuildStatus, ProjectionStatus } from './projections.js';
import type { Slots } from './slots.js';
import { sumOf } from './source-progress.js';
import type { Problem } from './standstill.js';
import type { Tally } from './tally.js';
import type { Workers } from './workers.js';

/** What a status is made of. */
export type Shown = {
  readonly projection: Projection;
  readonly slots: Slots;
  readonly workers: Workers;
  readonly tally: Tally;
  readonly ends: ReadonlyMap<string, StreamEnds>;
  /** Why this node does not move it at all. */
  readonly idle: Problem | null;
};

/** Why a projection is not running; null when it is. */
export const problemShown = ({ projection, slots, workers, idle }: Shown): Problem | null => {
  if (idle) return idle;
  if (workers.live?.problem) return workers.live.problem;
  const { live } = slots;
  if (!workers.live && live)
    return (
      workers.build?.problem ?? {
        state: 'starting',
        reason: `version ${projection.version} is being built; until then the documents of version ${live.version} are served as they stood`,
      }
    );
  if (!workers.live?.loaded) return { state: 'starting', reason: 'it reads where it stood' };
  return null;
};

export const projectionStatus = (shown: Shown): ProjectionStatus => {
  const { slots, workers, tally } = shown;
  const { name, summary, version } = shown.projection;
  const { live, previous } = slots;
  const problem = problemShown(shown);
  const sources = workers.live?.loaded ? workers.live.sources() : tally.sources();
  const parked = workers.live?.parked ?? [];
  return {
    name,
    summary,
    state: problem?.state ?? 'running',
    reason: problem?.reason ?? null,
    version: live?.version ?? version,
    generation: live?.generation ?? 0,
    documents: tally.documents,
    sources,
    lag_events: sources.reduce((total, { lag_events }) => total + lag_events, 0),
    lag_seconds: sources.reduce((most, { lag_seconds }) => Math.max(most, lag_seconds), 0),
    parked_aggregates: parked.length,
    parked_events: parked.reduce((total, { waiting }) => total + waiting, 0),
    discarded_events: workers.live?.loaded ? workers.live.discarded : tally.discarded,
    build: buildStatus(shown),
    previous: previous ? { generation: previous.generation, version: previous.version } : null,
  };
};

/** The slot that is being filled; null when there is none. */
export const buildStatus = ({ projection, slots, workers, ends }: Shown): BuildStatus | null => {
  const slot = slots.building;
  if (!slot) return null;
  const { generation, version, created_at: started_at, role } = slot;
  const done = workers.build ? sumOf(workers.build.positions) : 0;
  const last = projection.sources.map(({ slug }) => ends.get(slug)?.last ?? 0);
  const total = Math.max(
    done,
    last.reduce((all, end) => all + end, 0),
  );
  const rate = workers.rate.perSecond;
  return {
    generation,
    version,
    started_at,
    done,
    total,
    events_per_second: rate,
    eta_seconds: done >= total ? 0 : rate > 0 ? Math.ceil((total - done) / rate) : null,
    caught_up: workers.build?.caughtUp ?? false,
    switch_when_ready: role !== 'candidate',
  };
};
