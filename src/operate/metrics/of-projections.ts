import type { ProjectionState, ProjectionStatus } from '../../read/projector/projections.js';
import { type Family, gauge, type Labels } from './family.js';

/** Every state there is: a dashboard sees a state that nobody is in as 0, not as nothing. */
const STATES: Readonly<Record<ProjectionState, true>> = {
  starting: true,
  running: true,
  waiting: true,
  stopped: true,
  stalled: true,
  log_truncated: true,
  store_unavailable: true,
};

type Values = [Labels, number][];

const stateValues = ({ name, state }: ProjectionStatus): Values =>
  Object.keys(STATES).map((one) => [{ projection: name, state: one }, one === state ? 1 : 0]);

/** How far projections are behind the log, what waits in them, and what is being built. */
export const ofProjections = (statuses: readonly ProjectionStatus[]): Family[] => {
  const each = (of: (one: ProjectionStatus) => number): Values =>
    statuses.map((one) => [{ projection: one.name }, of(one)]);
  const perSource = (of: (source: ProjectionStatus['sources'][number]) => number): Values =>
    statuses.flatMap(({ name, sources }) =>
      sources.map((one): Values[number] => [{ projection: name, source: one.source }, of(one)]),
    );
  const building = statuses.flatMap(({ name, build }) => (build ? [{ name, build }] : []));
  const perBuild = (of: (build: NonNullable<ProjectionStatus['build']>) => number): Values =>
    building.map(({ name, build }) => [{ projection: name }, of(build)]);
  return [
    gauge(
      'stele_projection_state',
      'Which state a projection is in: 1 for that one, 0 for all others',
      statuses.flatMap(stateValues),
    ),
    gauge(
      'stele_projection_lag_events',
      'Messages of a stream that a projection has not taken yet',
      perSource(({ lag_events }) => lag_events),
    ),
    gauge(
      'stele_projection_lag_seconds',
      'Age of the oldest event that a projection has not taken yet',
      perSource(({ lag_seconds }) => lag_seconds),
    ),
    gauge(
      'stele_projection_position',
      'Sequence of the last message taken; its rate is the speed',
      perSource(({ sequence }) => sequence),
    ),
    gauge(
      'stele_projection_documents',
      'Documents that queries see',
      each(({ documents }) => documents),
    ),
    gauge(
      'stele_projection_generation',
      'Generation of the documents that queries see; it grows with each rebuild',
      each(({ generation }) => generation),
    ),
    gauge(
      'stele_projection_version',
      'Version of the definition that the live documents were made by',
      each(({ version }) => version),
    ),
    gauge(
      'stele_projection_parked_aggregates',
      'Aggregates whose events wait because one of them failed',
      each(({ parked_aggregates }) => parked_aggregates),
    ),
    gauge(
      'stele_projection_parked_events',
      'Events that wait in parked aggregates',
      each(({ parked_events }) => parked_events),
    ),
    gauge(
      'stele_projection_discarded_events',
      'Events left out by decision of an operator',
      each(({ discarded_events }) => discarded_events),
    ),
    gauge(
      'stele_projection_building',
      '1 while a new generation is built',
      each(({ build }) => (build ? 1 : 0)),
    ),
    gauge(
      'stele_projection_build_progress_ratio',
      'How much of the log a build has taken, from 0 to 1',
      perBuild(({ done, total }) => (total === 0 ? 1 : Math.min(done / total, 1))),
    ),
    gauge(
      'stele_projection_build_events_per_second',
      'Speed of a build',
      perBuild(({ events_per_second }) => events_per_second),
    ),
    gauge(
      'stele_projection_build_eta_seconds',
      'Time that a build still needs, while it can be said',
      building.flatMap(
        ({ name, build: { eta_seconds } }): Values =>
          eta_seconds === null ? [] : [[{ projection: name }, eta_seconds]],
      ),
    ),
  ];
};
