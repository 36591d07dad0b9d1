import { z } from 'zod';
import { canonicalInstant } from '../../core/instant.js';
import { defineProjection, type ProjectedEntry, report } from '../../core/projection.js';
import { sortedInSteps } from '../../core/steps.js';
import { FromTime, UntilTime } from '../../core/time-parameters.js';

/** How many names a report lists before it adds up the rest. */
const NAMES_SHOWN_MAX = 50;
/** Codes of refusals that say that somebody was not allowed to, before anything was decided. */
const DENIALS = ['UNAUTHENTICATED', 'FORBIDDEN'];

const Text = z.string().default('');
const Perhaps = z.string().nullable().default(null);

const view = z.object({
  entry_id: Text,
  received_at: Text,
  outcome: Text,
  code: Perhaps,
  message: Perhaps,
  denied: z.boolean().default(false),
  times: z.number().default(1),
  duration_ms: z.number().default(0),
  via: Text,
  command_id: Perhaps,
  command_type: Perhaps,
  aggregate_type: Perhaps,
  aggregate_id: Perhaps,
  actor: Perhaps,
  actor_type: Perhaps,
  source: Perhaps,
  ip_address: Perhaps,
  correlation_id: Perhaps,
  business_justification: Perhaps,
  approval_id: Perhaps,
  command_timestamp: Perhaps,
  aggregate_version: z.number().nullable().default(null),
  position: Perhaps,
  data: z.unknown().default(null),
});
type CommandView = z.output<typeof view>;

/** Entries were written by programs of all ages: what is missing or odd reads as not said. */
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const instantOf = (value: unknown): string | null =>
  typeof value === 'string' ? canonicalInstant(value) : null;
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const documentOf = (entry: ProjectedEntry): CommandView => {
  const code = textOf(entry.code);
  const outcome = textOf(entry.outcome) ?? '';
  return {
    entry_id: entry.entry_id,
    received_at: instantOf(entry.received_at) ?? '',
    outcome,
    code,
    message: textOf(entry.message),
    denied: outcome === 'refused' && code !== null && DENIALS.includes(code),
    times: Math.max(1, numberOf(entry.times) ?? 1),
    duration_ms: numberOf(entry.duration_ms) ?? 0,
    via: textOf(entry.via) ?? '',
    command_id: textOf(entry.command_id),
    command_type: textOf(entry.command_type),
    aggregate_type: textOf(entry.aggregate_type),
    aggregate_id: textOf(entry.aggregate_id),
    actor: textOf(entry.actor),
    actor_type: textOf(entry.actor_type),
    source: textOf(entry.source),
    ip_address: textOf(entry.ip_address),
    correlation_id: textOf(entry.correlation_id),
    business_justification: textOf(entry.business_justification),
    approval_id: textOf(entry.approval_id),
    command_timestamp: instantOf(entry.command_timestamp),
    aggregate_version: numberOf(entry.version),
    position: textOf(entry.position),
    data: entry.data ?? null,
  };
};

/** How many characters of an instant name a period. */
const PERIODS = { hour: 'YYYY-MM-DDTHH', day: 'YYYY-MM-DD', month: 'YYYY-MM' } as const;

const RejectionParams = z.object({
  from: FromTime.optional(),
  to: UntilTime.optional(),
  per: z.enum(['hour', 'day', 'month']).default('day'),
});

type Counted = readonly (readonly [value: string | null, times: number])[];

/** The most frequent names first; beyond NAMES_SHOWN_MAX only how many more there are. */
function* counted(values: Counted) {
  const counts = new Map<string | null, number>();
  for (const [value, times] of values) {
    counts.set(value, (counts.get(value) ?? 0) + times);
    yield;
  }
  const all = yield* sortedInSteps(
    [...counts].map(([value, count]) => ({ value, count })),
    (a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value), 'en'),
  );
  const shown = all.slice(0, NAMES_SHOWN_MAX);
  return { shown, more: all.length - shown.length };
}

/** One document may stand for many refusals. */
const timesOf = (some: readonly CommandView[]): number =>
  some.reduce((sum, { times }) => sum + times, 0);
const by = (some: readonly CommandView[], field: 'code' | 'actor' | 'command_type') =>
  counted(some.map((one) => [one[field], one.times] as const));

/** Refusals from one instant on and before another: by what, by whom, and when. */
function* rejections(
  documents: readonly CommandView[],
  { from = '', to, per }: z.output<typeof RejectionParams>,
) {
  const refused = documents.filter(
    ({ outcome, received_at }) =>
      outcome === 'refused' && received_at >= from && (to === undefined || received_at < to),
  );
  const { length } = PERIODS[per];
  const periods = new Map<string, CommandView[]>();
  for (const one of refused) {
    const period = one.received_at.slice(0, length);
    const some = periods.get(period);
    if (some) some.push(one);
    else periods.set(period, [one]);
    yield;
  }
  const over_time = [];
  for (const [period, some] of [...periods].sort(([a], [b]) => (a < b ? -1 : 1)))
    over_time.push({
      period,
      rejections: timesOf(some),
      denials: timesOf(some.filter(({ denied }) => denied)),
      by_code: yield* by(some, 'code'),
    });
  return {
    rejections: timesOf(refused),
    denials: timesOf(refused.filter(({ denied }) => denied)),
    by_code: yield* by(refused, 'code'),
    by_actor: yield* by(refused, 'actor'),
    by_command_type: yield* by(refused, 'command_type'),
    over_time,
  };
}

/** What became of every command, accepted or not: from the journal, which holds no secrets. */
export const commands = defineProjection({
  name: 'commands',
  summary: 'Every command that came in, and what became of it.',
  view,
  indexed: [
    ...(['entry_id', 'received_at', 'outcome', 'code', 'denied', 'duration_ms', 'via'] as const),
    ...(['command_id', 'command_type', 'aggregate_type', 'aggregate_id'] as const),
    ...(['actor', 'actor_type', 'source', 'ip_address'] as const),
    ...(['correlation_id', 'approval_id', 'position'] as const),
  ],
  search: ['actor', 'code', 'command_type'],
  sort: '-received_at',
  permission: 'audit',
  from: [],
  on: {},
  journal: {
    documentIds: ({ entry_id }) => entry_id,
    on: (_, entry) => documentOf(entry),
  },
  reports: {
    rejections: report({
      summary: 'Refused commands and denials: by code, by actor, by command, over time.',
      params: RejectionParams,
      answer: rejections,
    }),
  },
});
