import type { Query } from '../../api/address.js';
import { filtersIn } from '../../history/filters-in.js';

/** What each list of the audit can be narrowed by; the rest of the address is another list's. */
const EVENT_FIELDS = new Set([
  'event_id',
  'event_type',
  'aggregate_type',
  'aggregate_id',
  'actor',
  'actor_type',
  'source',
  'recorded_at',
  'occurred_at',
  'correlation_id',
  'approval_id',
  'command_id',
  'command_type',
  'sensitive',
  'critical',
  'status',
  'fields',
  'search',
]);
const COMMAND_FIELDS = new Set([
  'received_at',
  'outcome',
  'code',
  'denied',
  'via',
  'command_id',
  'command_type',
  'actor',
  'aggregate_type',
  'aggregate_id',
  'actor_type',
  'source',
  'ip_address',
  'correlation_id',
  'approval_id',
  'search',
]);

const TABS = ['changes', 'commands', 'refusals'] as const;
export type TabName = (typeof TABS)[number];
export const isTab = (name: string | undefined): name is TabName =>
  TABS.some((one) => one === name);

/** The days of a report, in the address whichever list is shown. */
export type Period = { readonly from: string | undefined; readonly to: string | undefined };

export const periodIn = (params: URLSearchParams): Period => ({
  from: params.get('from') ?? undefined,
  to: params.get('to') ?? undefined,
});

const between = (field: string, { from, to }: Period): Query => ({
  ...(from && { [`${field}.gte`]: from }),
  ...(to && { [`${field}.lte`]: to }),
});

/** What the server is asked for: the same person, thing and time in every list. */
export const queryOf = (tab: TabName, params: URLSearchParams): Query => {
  const period = periodIn(params);
  if (tab === 'changes')
    return { ...filtersIn(params, EVENT_FIELDS), ...between('recorded_at', period) };
  return {
    ...filtersIn(params, COMMAND_FIELDS),
    ...between('received_at', period),
    ...(tab === 'refusals' && { outcome: 'refused' }),
  };
};

const DATE_CHARS = 10;
const DAY_MS = 86_400_000;

/** The first instant after a day, or after an instant. */
const after = (at: string): string =>
  new Date(Date.parse(at) + (at.length > DATE_CHARS ? 1 : DAY_MS)).toISOString();

/** The period as the report of refusals takes it: two instants, the second one excluded. */
export const instantsOf = ({ from, to }: Period): Query => ({
  ...(from && { from: from.length > DATE_CHARS ? from : `${from}T00:00:00Z` }),
  ...(to && { to: after(to) }),
});
