import type { Config } from '../config.js';
import { type NatsAccess, openNats } from '../connection.js';
import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import { eventStream } from '../core/subjects.js';
import { type OpenedStore, readingStore } from '../doctor/reading-store.js';
import { markAt } from '../store/lost-tail.js';
import { type Accepted, Heads } from '../store/nats/heads.js';
import { openedViews } from './doctor-views.js';
import { EXIT, Stop } from './exit.js';
import { type Io, write } from './io.js';
import { createLog } from './log.js';
import type { Composition } from './program.js';
import { checkThere } from './run-doctor.js';
import { settings } from './settings.js';
import { userName } from './user-name.js';

export type AcceptLossFlags = { readonly reason: string; readonly json?: boolean };
const REASON_MAX = 1_000;

const named = (all: readonly Aggregate[], types: readonly string[]): readonly Aggregate[] => {
  const known = registry(all);
  return [...new Set(types)].map((type) => {
    const found =
      known.aggregate(type) ?? all.find(({ slug }) => eventStream(slug) === type.toUpperCase());
    if (found) return found;
    const names = all.map(({ slug }) => slug).join(', ');
    throw new Stop(`there is no aggregate type "${type}"; there are ${names}`, EXIT.notFound);
  });
};

const checkedReason = (given: string): string => {
  const reason = given.trim();
  if (reason !== '' && reason.length <= REASON_MAX) return reason;
  throw new Stop(`--reason: expected 1 to ${REASON_MAX} characters`, EXIT.usage);
};

/** How far the read store has taken each type; nothing where there is none, or it is lost. */
const takenOf = async (config: Config): Promise<ReadonlyMap<string, number>> => {
  const taken = new Map<string, number>();
  try {
    const opened = await openedViews(config);
    if ('missing' in opened) return taken;
    const { views } = opened;
    for (const slot of await views.slots())
      for (const { source, sequence } of await views.checkpoints(slot))
        taken.set(source, Math.max(sequence, taken.get(source) ?? 0));
    await opened.close();
  } catch {
    // what it knew of the log is no reason to leave the log shut
  }
  return taken;
};

type Log = { readonly store: OpenedStore; readonly heads: Heads };

const accept = async (
  { store, heads }: Log,
  definition: Aggregate,
  { taken, reason }: { readonly taken: number; readonly reason: string },
): Promise<Accepted & { readonly stream: string }> => {
  const { slug } = definition;
  const stream = eventStream(slug);
  const { held } = await store.remembered(slug);
  const found = await store.stream(stream);
  if (!found) throw new Stop(`there is no stream ${stream}`, EXIT.notFound);
  const end = found.last;
  const accepted: Accepted = {
    lost_to: Math.max(end, taken, ...held.map(({ sequence }) => sequence)),
    ...{ end, by: userName(), reason, at: new Date().toISOString() },
  };
  await heads.accept(slug, { event: await markAt(store, definition, end) }, accepted);
  return { stream, ...accepted };
};

const acceptAll = async (
  { nc }: NatsAccess,
  definitions: readonly Aggregate[],
  { config, reason, io, json }: AcceptLossFlags & { readonly config: Config; readonly io: Io },
): Promise<void> => {
  const store = await readingStore(nc);
  const log = { store, heads: await Heads.open(nc, config.replicas) };
  const taken = await takenOf(config);
  const done: (Accepted & { readonly stream: string })[] = [];
  for (const one of definitions)
    done.push(await accept(log, one, { reason, taken: taken.get(one.slug) ?? 0 }));
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
