import type { Runtime } from '../../write/runtime/runtime.js';
import { counter, type Family, gauge, histogram } from './family.js';

/** Commands and the actors that decide them. */
export const ofCommands = (runtime: Runtime): Family[] => {
  const stats = runtime.stats();
  return [
    counter(
      'stele_commands_total',
      'Commands by how they ended; code is the refusal or fault, if there was one',
      stats.commands.map(({ count, ...labels }) => [labels, count]),
    ),
    histogram(
      'stele_command_duration_seconds',
      'From the arrival of a command to its answer',
      stats.durations.map(({ seconds, ...labels }) => [labels, seconds]),
    ),
    gauge('stele_commands_in_flight', 'Commands taken and not answered yet', stats.underWay),
    counter(
      'stele_command_conflicts_total',
      'Decisions made anew because the log had moved',
      stats.conflicts,
    ),
    counter(
      'stele_commands_busy_total',
      'Commands refused because too many waited',
      stats.outcomes.BUSY ?? 0,
    ),
    gauge('stele_actors_resident', 'Aggregates in memory', stats.residents),
    gauge('stele_inbox_commands', 'Commands that wait in the inboxes of actors', stats.waiting),
    gauge('stele_inbox_longest_commands', 'Commands in the longest inbox', stats.inboxLongest),
    counter('stele_actor_loads_total', 'Aggregates loaded, by what from', [
      [{ from: 'snapshot' }, stats.loadsFromSnapshot],
      [{ from: 'events' }, stats.loads - stats.loadsFromSnapshot],
    ]),
    histogram('stele_actor_load_seconds', 'Time to load one aggregate from the log', [
      [{}, stats.rehydration],
    ]),
    counter('stele_snapshots_total', 'Snapshots written, by how it went', [
      [{ result: 'saved' }, stats.snapshotsSaved],
      [{ result: 'failed' }, stats.snapshotsFailed],
    ]),
  ];
};
