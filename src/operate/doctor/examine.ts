import type { Aggregate } from '../../core/aggregate.js';
import { chainBreak, type StoredEvent } from '../../core/event.js';
import { Fault } from '../../core/refusal.js';
import { eventStream } from '../../core/subjects.js';
import { extend, type Folded, nothing } from '../../write/runtime/load.js';
import type { Missing } from '../../write/store/nats/heads.js';
import { ShowsLess } from '../../write/store/prove-reads.js';
import type { Examination, Known, StreamReport } from './examination.js';
import { each } from './examination.js';
import { examineClaims } from './examine-claims.js';
import { examineSnapshot } from './examine-snapshot.js';
import { type Finding, finding } from './finding.js';
import type { Message } from './reading-store.js';

/** Aggregates that a finding names of those that lost something. */
const OWNERS_TOLD = 5;

const reportOf = ({ name, slug }: Aggregate): StreamReport => ({
  stream: eventStream(slug),
  aggregate_type: name,
  messages: 0,
  events: 0,
  aggregates: 0,
  snapshots: 0,
  claims: 0,
  findings: [],
});

/** What is wrong with an event that follows, or the fold with it. */
const follow = (
  definition: Aggregate,
  known: Folded,
  id: string,
  event: StoredEvent,
): Folded | { readonly code: string; readonly what: string } => {
  if (event.aggregate_id !== id || event.aggregate_type !== definition.name)
    return {
      code: 'SUBJECT_MISMATCH',
      what: `on the subject of ${definition.name} ${id} stands an event of ${event.aggregate_type} ${event.aggregate_id}`,
    };
  const broken = chainBreak({ version: known.version, hash: known.head }, event);
  if (broken) return { code: 'CHAIN_BROKEN', what: `${event.event_type}: ${broken}` };
  try {
    const next = extend(definition, known, [event]);
    known.accepted.clear(); // only the head and the state are kept
    return next;
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'EVENT_UNREADABLE';
    return { code, what: (error as Error).message };
  }
};

/** Take one message in. The first thing that is wrong with an aggregate is reported, no more. */
const take = (
  definition: Aggregate,
  { aggregates, claims }: Known,
  message: Message,
  report: StreamReport,
): void => {
  const { stream } = report;
  const { sequence } = message;
  report.messages += 1;
  if ('claim' in message) {
    claims.add(`${message.claim.scope}.${message.claim.key}`);
    return;
  }
  const { id } = message;
  if ('unreadable' in message) {
    const what = `this message is no event of Stele: ${message.unreadable}`;
    if (!aggregates.has(id) || aggregates.get(id))
      report.findings.push(finding('MESSAGE_UNREADABLE', what, { stream, id, sequence }));
    aggregates.set(id, undefined);
    return;
  }
  report.events += 1;
  const known = aggregates.has(id) ? aggregates.get(id) : nothing(definition);
  if (!known) return;
  const next = follow(definition, known, id, message.event);
  if ('code' in next) report.findings.push(finding(next.code, next.what, { stream, id, sequence }));
  aggregates.set(id, 'code' in next ? undefined : next);
};

/**
 * Look at everything in one stream of events: every hash computed again, every version in place,
 * every event readable and fitting its chart, snapshots equal to the replay, claims held by whom
 * the events say. In memory are the state and the head of each aggregate, not their events.
 */
export const examineStream = async (
  { store, definition, onProgress, pace }: Examination,
  upTo: number,
): Promise<StreamReport> => {
  const report = reportOf(definition);
  const known: Known = { aggregates: new Map(), claims: new Set() };
  const { missing = [] } = await store.remembered(definition.slug);
  const gap = (from: number, to: number) =>
    report.findings.push(...gapFindings(report.stream, { from, to, missing }));
  let expected = 1;
  try {
    for await (const message of store.messages(definition, upTo)) {
      const { sequence } = message;
      if (sequence > expected) gap(expected, sequence - 1);
      expected = sequence + 1;
      take(definition, known, message, report);
      onProgress?.(sequence);
      const rest = pace?.();
      if (rest) await rest;
    }
  } catch (error) {
    if (!(error instanceof ShowsLess)) throw error;
    // Of what stands beside it nothing is known then: it may belong to what is not shown.
    report.findings.push(cut(report.stream, error));
    report.aggregates = known.aggregates.size;
    return report;
  }
  if (expected <= upTo) gap(expected, upTo);
  report.aggregates = known.aggregates.size;
  await examineForgotten({ store, definition }, known, report);
  await examineAround({ store, definition, ...(pace && { pace }) }, known, report);
  return report;
};

type Gap = {
  readonly from: number;
  readonly to: number;
  readonly missing: readonly Missing[];
};

/** What is gone, and apart from it what an operator decided to go on without. */
const gapFindings = (stream: string, { from, to, missing }: Gap): Finding[] => {
  const within = missing.filter(({ sequence }) => sequence >= from && sequence <= to);
  const accepted = within.flatMap(({ sequence, aggregate_id: id, given_up }) =>
    given_up
      ? finding(
          'LOSS_ACCEPTED',
          `message ${sequence} is not there; ${given_up.by} decided to go on without it: ${given_up.reason}`,
          { stream, sequence, ...(id !== null && { id }) },
        )
      : [],
  );
  if (accepted.length === to - from + 1) return accepted;
  const owners = [...new Set(within.flatMap(({ aggregate_id }) => aggregate_id ?? []))];
  const whose =
    owners.length > 0 ? `; what stood there was of ${owners.slice(0, OWNERS_TOLD).join(', ')}` : '';
  const these = from === to ? `message ${from} is` : `messages ${from} to ${to} are`;
  const what = `${these} not there${whose}`;
  return [finding('MESSAGES_MISSING', what, { stream, sequence: from }), ...accepted];
};

/** A stream that is not shown to its end. */
export const cut = (stream: string, { last, from }: ShowsLess): Finding =>
  finding('STREAM_CUT', `it says to end at ${last}, and shows nothing from ${from} on`, {
    stream,
    sequence: from,
  });

/** Snapshots of aggregates that have no event at all: the log lost them whole. */
const examineForgotten = async (
  { store, definition }: Pick<Examination, 'store' | 'definition'>,
  { aggregates }: Known,
  report: StreamReport,
): Promise<void> => {
  for (const id of await store.snapshotIds(definition)) {
    if (aggregates.has(id) || (await store.read(definition, id, 1, 1)).length > 0) continue;
    const what = 'there is a snapshot of it, and no event';
    report.findings.push(finding('SNAPSHOT_AHEAD', what, { stream: report.stream, id }));
  }
};

/** What stands beside the events. */
const examineAround = async (
  around: Examination,
  known: Known,
  report: StreamReport,
): Promise<void> => {
  await each(
    known.aggregates,
    async ([id, folded]) => {
      if (folded) await examineSnapshot(around, id, report);
    },
    around.pace,
  );
  await examineClaims(around, known, report);
};

/** The same for one aggregate alone. */
export const examineAggregate = async (
  { store, definition, pace }: Examination,
  id: string,
): Promise<StreamReport | undefined> => {
  const report = reportOf(definition);
  const known: Known = { aggregates: new Map(), claims: new Set() };
  let events: readonly StoredEvent[] = [];
  try {
    events = await store.read(definition, id, 1);
  } catch (error) {
    // Something that is no event of it stands there; any other fault says nothing of the log.
    if (error instanceof Fault && error.code !== 'HISTORY_BROKEN') throw error;
    const what = `a message of it is no event of Stele: ${(error as Error).message}`;
    report.findings.push(finding('MESSAGE_UNREADABLE', what, { stream: report.stream, id }));
    known.aggregates.set(id, undefined);
  }
  for (const event of events) {
    take(definition, known, { sequence: event.sequence, id, event }, report);
    await pace?.();
  }
  if (!known.aggregates.has(id)) return undefined;
  report.aggregates = 1;
  await examineAround({ store, definition, ...(pace && { pace }) }, known, report);
  return report;
};
