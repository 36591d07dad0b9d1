import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import { eventStream, JOURNAL_STREAM } from '../core/subjects.js';
import type { Config } from '../node/config.js';
import { type NatsAccess, openNats } from '../node/open-nats.js';
import { type Told, told } from '../operate/doctor/examine-tail.js';
import { type OpenedStore, readingStore } from '../operate/doctor/reading-store.js';
import { markAt } from '../write/store/lost-tail.js';
import { type Accepted, Heads } from '../write/store/nats/heads.js';
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

const accept = async (
  { store, heads }: Log,
  { name, stream, definition }: Lost,
  { known, ...rest }: { readonly known: Known; readonly reason: string; readonly journal: number },
): Promise<Accepted & { readonly stream: string }> => {
  const { held } = await store.remembered(name);
  const found = await store.stream(stream);
  if (!found) throw new Stop(`there is no stream ${stream}`, EXIT.notFound);
  const { last: end, created } = found;
  const event = definition ? await markAt(store, definition, end) : null;
  const now = { event, known: known.epoch };
  const accepted = await heads.accept(name, now, {
    lost_to: Math.max(end, known.sequence, ...held.map(({ sequence }) => sequence)),
    end,
    created,
    by: userName(),
    at: new Date().toISOString(),
    ...rest,
  });
  return { stream, ...accepted };
};

const acceptAll = async (
  { nc }: NatsAccess,
  wanted: readonly Lost[],
  { config, reason, io, json }: AcceptLossFlags & { readonly config: Config; readonly io: Io },
): Promise<void> => {
  const store = await readingStore(nc);
  const log = { store, heads: await Heads.open(nc, config.replicas) };
  const [taken, journalled] = await Promise.all([takenOf(config), journalledIn(store)]);
  const done: (Accepted & { readonly stream: string })[] = [];
  for (const one of wanted) {
    const { sequence = 0, epoch = 0 } = taken.get(one.name) ?? {};
    const said = journalled.all.get(one.name)?.[0]?.sequence ?? 0;
    const known = { sequence: Math.max(sequence, said), epoch };
    done.push(await accept(log, one, { reason, known, journal: journalled.last }));
  }
  store.close();
  const lines = done.map(({ stream, end, lost_to }) =>
    lost_to > end
      ? `${stream}: messages ${end + 1} to ${lost_to} are given up`
      : `${stream}: it counts as it is, up to message ${end}`,
  );
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
