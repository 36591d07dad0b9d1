import { type Query, seg } from '../../api/address.js';
import type { Page, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import type { CommandEntry } from '../../history/command-entry.js';
import { correcting, useCorrections } from '../../history/corrections.js';
import { correctedBy } from '../../history/taken-by.js';
import { causesOf, named, type Trace } from './causes-of.js';

/** Events of the same chain before and after, and of one command. A chain may have thousands. */
const EACH_WAY = 60;
const OF_COMMAND = 100;
const STEPS_MAX = 20;
/** Commands whose name no event tells, and that the journal is asked for. */
const UNNAMED_MAX = 50;

const useEvents = (query: Query | undefined) =>
  useAnswer<Page<StoredEvent>>(query ? '/audit' : null, query, { follows: [] });

type Traced = {
  readonly trace: Trace;
  /** How many events the chain has in all. */
  readonly total: number;
  /** How many commands of the chain were refused: they left no event. */
  readonly refused: number;
  readonly error: Error | null;
};

/** Everything that has to do with an event, asked for in both directions. */
export const useTrace = (here: StoredEvent): Traced => {
  const { correlation_id, command_id, recorded_at, approval_id, aggregate_id } = here;
  const chain = correlation_id === null ? undefined : { correlation_id, limit: EACH_WAY };
  const before = useEvents(
    chain && { ...chain, 'recorded_at.lte': recorded_at, sort: '-recorded_at' },
  );
  const after = useEvents(
    chain && { ...chain, 'recorded_at.gte': recorded_at, sort: 'recorded_at' },
  );
  const whole = useEvents(chain && { correlation_id, limit: 1 });
  const own = useEvents({ command_id, sort: 'recorded_at', limit: OF_COMMAND });
  const approval = useEvents(
    approval_id === null
      ? undefined
      : { aggregate_id: approval_id, sort: 'recorded_at,aggregate_version', limit: STEPS_MAX },
  );
  const allowed = useEvents({ approval_id: aggregate_id, sort: 'recorded_at', limit: STEPS_MAX });
  const corrections = useCorrections(here);
  const original = correctedBy(here);
  const corrected = useAnswer<StoredEvent>(
    original === undefined ? null : `/audit/${seg(original)}`,
    {},
    { follows: [] },
  );
  const related = [before, after, own].flatMap(({ data }) => data?.items ?? []);
  // While another event is asked for, answers about the one before may still stand here.
  const same = related.filter(
    (one) =>
      one.command_id === command_id ||
      (correlation_id !== null && one.correlation_id === correlation_id),
  );
  const causes = causesOf([here, ...same]);
  const unnamed = causes.filter((one) => one.command_type === null).slice(0, UNNAMED_MAX);
  const journal = useAnswer<Page<CommandEntry>>(
    unnamed.length > 0 ? '/views/commands' : null,
    { command_id: unnamed.map((one) => one.command_id), limit: 2 * UNNAMED_MAX },
    { follows: [] },
  );
  const refused = useAnswer<Page<CommandEntry>>(
    correlation_id === null ? null : '/views/commands',
    { correlation_id, outcome: 'refused', limit: 1 },
    { follows: [] },
  );
  const trace: Trace = {
    here,
    causes: named(causes, journal.data?.items ?? []),
    approval: approval.data?.items.filter((one) => one.aggregate_id === approval_id) ?? [],
    original: corrected.data?.event_id === original ? corrected.data : undefined,
    corrections: correcting(here.event_id, corrections.data),
    allowed: allowed.data?.items.filter((one) => one.approval_id === aggregate_id) ?? [],
  };
  const answers = [before, after, own, approval, allowed, corrections, corrected];
  return {
    trace,
    total: whole.data?.total ?? trace.causes.reduce((sum, { events }) => sum + events.length, 0),
    refused: refused.data?.total ?? 0,
    error: answers.find(({ error }) => error)?.error ?? null,
  };
};
