import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import { eventStream, JOURNAL_STREAM } from '../core/subjects.js';
import type { Config } from '../node/config.js';
import { type NatsAccess, openNats } from '../node/open-nats.js';
import { type Told, told } from '../operate/doctor/examine-tail.js';
import { type OpenedStore, readingStore } from '../operate/doctor/reading-store.js';
import type { Kind } from '../write/store/event-log.js';
import { HOLES_MAX } from '../write/store/holes.js';
import { markAt } from '../write/store/lost-tail.js';
import { type Accepted, Heads, type Missing } from '../write/store/nats/heads.js';
import type { Composition } from './composition.js';
import { createLog } from './create-log.js';
import { EXIT, Stop } from './exit.js';
import { type Io, write } from './io.js';
import { openedViews } from './opened-views.js';
import { checkThere } from './run-doctor.js';
import { settings } from './settings.js';
import { userName } from './user-name.js';

export type AcceptLossFlags = { readonly reason: string; readonly json?: boolean };
const REASON_MAX = 1_000;
/** Messages that are named one by one. */
const TOLD_MAX = 20;

/** A log that may have lost something: of the events of a type, or of the commands. */
type Lost = { readonly name: string; readonly stream: string; readonly definition?: Aggregate };
const COMMANDS: Lost = { name: 'journal', stream: JOURNAL_STREAM };

const named = (all: readonly Aggregate[], types: readonly string[]): readonly Lost[] => {
  const known = registry(all);
  return [...new Set(types)].map((type): Lost => {
    if (type.toLowerCase() === COMMANDS.name) return COMMANDS;
    const definition =
      known.aggregate(type) ?? all.find(({ slug }) => eventStream(slug) === type.toUpperCase());
    if (definition)
      return { name: definition.slug, stream: eventStream(definition.slug), definition };
    const names = [...all.map(({ slug }) => slug), COMMANDS.name].join(', ');
    throw new Stop(`there is no aggregate type "${type}"; there are ${names}`, EXIT.notFound);
  });
};

const checkedReason = (given: string): string => {
  const reason = given.trim();
  if (reason !== '' && reason.length <= REASON_MAX) return reason;
  throw new Stop(`--reason: expected 1 to ${REASON_MAX} characters`, EXIT.usage);
};

/** How far a log was, and in which of its epochs, as far as somebody knows. */
type Known = { readonly sequence: number; readonly epoch: number };

const further = (all: Map<string, Known>, source: string, one: Known): void => {
  const { sequence, epoch } = all.get(source) ?? one;
  all.set(source, {
    sequence: Math.max(sequence, one.sequence),
    epoch: Math.max(epoch, one.epoch),
  });
};

/** How far the read store has taken each type; nothing where there is none, or it is lost. */
const takenOf = async (config: Config): Promise<ReadonlyMap<string, Known>> => {
  const taken = new Map<string, Known>();
  try {
    const opened = await openedViews(config);
    if ('missing' in opened) return taken;
    const { views } = opened;
    for (const slot of await views.slots())
      for (const { source, sequence } of await views.checkpoints(slot))
        further(taken, source, { sequence, epoch: 0 });
    for (const { source, sequence, epoch } of await views.taken())
      further(taken, source, { sequence, epoch: epoch ?? 0 });
    await opened.close();
  } catch {
    // what it knew of the log is no reason to leave the log shut
  }
  return taken;
};

/** How far the journal says that each type was. */
const journalledIn = async (
  store: OpenedStore,
): Promise<{ readonly last: number; readonly all: Told }> => {
  const all: Told = new Map();
  const { last = 0 } = (await store.stream(JOURNAL_STREAM)) ?? {};
  for await (const { sequence, positions } of store.journal(last)) told(positions, sequence, all);
  return { last, all };
};

type Log = { readonly store: OpenedStore; readonly heads: Heads };
type Done = Pick<Accepted, 'end' | 'lost_to' | 'by' | 'reason' | 'at'> & {
  readonly stream: string;
  readonly missing: readonly number[];
};

/** What is gone from among the messages of a stream. */
const missingIn = async (store: OpenedStore, kind: Kind, upTo: number): Promise<number[]> => {
  const missing: number[] = [];
  let expected = 1;
  for await (const { sequence } of store.messages(kind, upTo)) {
    for (; expected < sequence; expected++) {
      missing.push(expected);
      if (missing.length === HOLES_MAX)
        throw new Stop(
          `${eventStream(kind.slug)} lost ${HOLES_MAX} messages or more from among the others: restore it`,
          EXIT.failed,
        );
    }
    expected = sequence + 1;
  }
  return missing;
};

const givenUp = (
  known: readonly Missing[],
  gone: readonly number[],
  by: NonNullable<Missing['given_up']>,
): readonly Missing[] => {
  const before = new Map(known.map((one) => [one.sequence, one]));
  return gone.map((sequence) => {
    const { aggregate_id = null, event_type = null, given_up } = before.get(sequence) ?? {};
    return { sequence, aggregate_id, event_type, given_up: given_up ?? by };
  });
};

const accept = async (
  { store, heads }: Log,
  { name, stream, definition }: Lost,
  { known, ...rest }: { readonly known: Known; readonly reason: string; readonly journal: number },
): Promise<Done> => {
  const { held } = await store.remembered(name);
  const found = await store.stream(stream);
  if (!found) throw new Stop(`there is no stream ${stream}`, EXIT.notFound);
  const { last: end, created } = found;
  const lost_to = Math.max(end, known.sequence, ...held.map(({ sequence }) => sequence));
  const who = { by: userName(), at: new Date().toISOString() };
  await heads.dropUnreadable(name);
  const missing = definition ? await missingIn(store, definition, end) : [];
  const { reason } = rest;
  if (missing.length > 0)
    await heads.missing(name, (before) => givenUp(before, missing, { ...who, reason }));
  const done = { stream, end, lost_to, missing, reason, ...who };
  // Who lost nothing of its end goes on with all that it has.
  if (missing.length > 0 && lost_to === end && (await heads.read(name)).lost === null) return done;
  const event = definition ? await markAt(store, definition, end) : null;
  const now = { event, known: known.epoch };
  const accepted = await heads.accept(name, now, { lost_to, end, created, ...who, ...rest });
  return { ...done, ...accepted };
};

const acceptAll = async (
  { nc }: NatsAccess,
  wanted: readonly Lost[],
  { config, reason, io, json }: AcceptLossFlags & { readonly config: Config; readonly io: Io },
): Promise<void> => {
  const store = await readingStore(nc);
  const log = { store, heads: await Heads.open(nc, config.replicas) };
  const [taken, journalled] = await Promise.all([takenOf(config), journalledIn(store)]);
  const done: Done[] = [];
  for (const one of wanted) {
    const { sequence = 0, epoch = 0 } = taken.get(one.name) ?? {};
    const said = journalled.all.get(one.name)?.[0]?.sequence ?? 0;
    const known = { sequence: Math.max(sequence, said), epoch };
    done.push(await accept(log, one, { reason, known, journal: journalled.last }));
  }
  store.close();
  const lines = done.flatMap(({ stream, end, lost_to, missing }) => [
    ...missing
      .slice(0, TOLD_MAX)
      .map(
        (sequence) =>
          `${stream}: message ${sequence} is given up; the history that it belongs to stays broken`,
      ),
    ...(missing.length > TOLD_MAX ? [`${stream}: as are ${missing.length - TOLD_MAX} others`] : []),
    lost_to > end
      ? `${stream}: messages ${end + 1} to ${lost_to} are given up`
      : `${stream}: it counts as it is, up to message ${end}`,
  ]);
  const next = 'Projections that stand still: stele projection rebuild <name>';
  write(io.stdout, json ? JSON.stringify({ accepted: done }) : [...lines, next].join('\n'));
};

/** Say that what a log lost is given up, so that nodes write again. */
export const runAcceptLoss = async (
  { io, definitions }: Composition,
  types: readonly string[],
  flags: AcceptLossFlags,
): Promise<void> => {
  const reason = checkedReason(flags.reason);
  const wanted = named(definitions, types);
  const config = settings(io);
  checkThere(config);
  const nats = await openNats({ config, env: io.env, log: createLog(io, 'warn'), mode: 'share' });
  try {
    await acceptAll(nats, wanted, { ...flags, reason, config, io });
  } finally {
    await nats.close();
  }
};
