import type { Comparison } from '../read/projector/projections.js';
import type { Paint } from './io.js';
import type { ParkedOne, ProjectionStatus } from './projection-status.js';
import { clipped, count, table } from './table.js';

const DIFFERENCES_SHOWN_MAX = 10;
const VALUE_MAX = 60;
const ERROR_MAX = 60;

const number = (n: number): string => n.toLocaleString('en');

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const BAD = new Set(['stalled', 'log_truncated', 'store_unavailable']);

const stateText = ({ state }: ProjectionStatus, paint: Paint): string => {
  if (BAD.has(state)) return paint('red', state);
  return paint(state === 'running' || state === 'waiting' ? 'green' : 'yellow', state);
};

const lagText = ({ lag_events, lag_seconds }: ProjectionStatus): string =>
  lag_events === 0 ? '0' : `${number(lag_events)} (${durationText(lag_seconds)})`;

const buildText = ({ build }: ProjectionStatus): string => {
  if (!build) return '';
  const percent = build.total === 0 ? 100 : Math.floor((build.done / build.total) * 100);
  return `generation ${build.generation}: ${build.caught_up ? 'caught up' : `${percent} %`}`;
};

/** All projections, one a line. */
export const statusTable = (all: readonly ProjectionStatus[], paint: Paint): string =>
  table(
    ['NAME', 'STATE', 'VERSION', 'DOCUMENTS', 'LAG', 'PARKED', 'BUILD'],
    all.map((one) => [
      paint('bold', one.name),
      stateText(one, paint),
      String(one.version),
      number(one.documents),
      lagText(one),
      one.parked_events === 0
        ? '0'
        : paint('red', `${one.parked_aggregates} (${count(one.parked_events, 'event')})`),
      buildText(one),
    ]),
  );

const nextSteps = ({ name, state, parked_aggregates, build }: ProjectionStatus): string[] => [
  ...(state === 'stopped' ? [`stele projection start ${name}`] : []),
  ...(parked_aggregates > 0 ? [`stele projection parked ${name}`] : []),
  ...(build?.caught_up && !build.switch_when_ready
    ? [`stele projection compare ${name}`, `stele projection switch ${name}`]
    : []),
];

/** Everything about one projection. */
export const statusText = (one: ProjectionStatus, paint: Paint): string => {
  const { build, previous } = one;
  const rows = one.sources.map((source) => [
    source.source,
    ...[source.sequence, source.end, source.lag_events].map(number),
    durationText(source.lag_seconds),
  ]);
  const steps = nextSteps(one);
  return [
    `${paint('bold', one.name)}  ${stateText(one, paint)}${one.reason ? `  ${one.reason}` : ''}`,
    `  ${one.summary}`,
    `  version ${one.version}, generation ${one.generation}, ${count(one.documents, 'document')}`,
    `  parked: ${count(one.parked_aggregates, 'aggregate')} with ${count(one.parked_events, 'event')}; discarded: ${count(one.discarded_events, 'event')}`,
    ...(build
      ? [
          `  building ${buildText(one)} (${number(build.done)} of ${number(build.total)}, ${number(Math.round(build.events_per_second))}/s${build.eta_seconds === null ? '' : `, about ${durationText(build.eta_seconds)} left`}); ${build.switch_when_ready ? 'it goes live by itself' : 'it waits for a switch'}`,
        ]
      : []),
    ...(previous
      ? [
          `  can be switched back to generation ${previous.generation} (version ${previous.version})`,
        ]
      : []),
    '',
    table(['SOURCE', 'TAKEN', 'END', 'LAG', 'AGE'], rows),
    ...(steps.length > 0 ? ['', 'Next:', ...steps.map((step) => `  ${step}`)] : []),
  ].join('\n');
};

const valueText = (value: unknown): string =>
  value === undefined ? '(nothing)' : clipped(JSON.stringify(value), VALUE_MAX);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is not on one side is not on the wire either. */
type Difference = { readonly key: string; readonly first?: unknown; readonly second?: unknown };
type Compared = Omit<Comparison, 'differences'> & { readonly differences: readonly Difference[] };
type Sides = { readonly first: string; readonly second: string };

const differenceLines = (
  { key, first, second }: Difference,
  sides: Sides,
  paint: Paint,
): string[] => {
  const head = `  ${paint('bold', key)}`;
  if (!isObject(first)) return [`${head}  only in ${sides.second}`];
  if (!isObject(second)) return [`${head}  only in ${sides.first}`];
  const fields = [...new Set([...Object.keys(first), ...Object.keys(second)])];
  return [
    head,
    ...fields
      .filter((field) => JSON.stringify(first[field]) !== JSON.stringify(second[field]))
      .map((field) => `    ${field}: ${valueText(first[field])} ≠ ${valueText(second[field])}`),
  ];
};

/** What a comparison found: the first differences field by field, all of them counted. */
export const comparisonText = (found: Compared, sides: Sides, paint: Paint): string => {
  const { documents, differences, position } = found;
  if (found.equal)
    return `${paint('green', '✓ equal')}  ${count(documents, 'document')} at ${position}`;
  const shown = differences.slice(0, DIFFERENCES_SHOWN_MAX);
  const all = found.different + found.only_in_first + found.only_in_second;
  return [
    `${paint('red', `✗ ${count(all, 'document differs', 'documents differ')}`)} of ${number(documents)} at ${position}`,
    `  ${number(found.different)} different, ${number(found.only_in_first)} only in ${sides.first}, ${number(found.only_in_second)} only in ${sides.second}`,
    `  ${sides.first} ≠ ${sides.second}:`,
    ...shown.flatMap((one) => differenceLines(one, sides, paint)),
    ...(all > shown.length ? [`  … and ${number(all - shown.length)} more`] : []),
  ].join('\n');
};

/** Aggregates that wait, one a line. */
export const parkedTable = (parked: readonly ParkedOne[], paint: Paint): string =>
  table(
    ['AGGREGATE', 'FAILED EVENT', 'AT', 'WAITING', 'TRIED', 'SINCE', 'ERROR'],
    parked.map((one) => [
      paint('bold', `${one.source} ${one.aggregate_id}`),
      one.event_type,
      String(one.sequence),
      count(one.waiting, 'event'),
      `${one.attempts}×`,
      one.parked_at,
      paint('red', clipped(one.error, ERROR_MAX)),
    ]),
  );
