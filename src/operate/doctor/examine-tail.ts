import type { Aggregate } from '../../core/aggregate.js';
import { epochAt, type Held, isGivenUp } from '../../core/given-up.js';
import { eventStream, JOURNAL_STREAM } from '../../core/subjects.js';
import { type Finding, finding } from './finding.js';
import type { ReadingStore } from './reading-store.js';

/** How far a message of the journal says that a stream was. */
type Said = { readonly sequence: number; readonly message: number };
/**
 * How far the journal says that each stream was, per slug: the furthest first, and then what it said
 * later and was less far.
 */
export type Told = Map<string, readonly Said[]>;

/** Take in where one accepted command was written: `application:42`, and which message says so. */
export const told = (positions: readonly string[], message: number, all: Told): void => {
  for (const position of positions) {
    const [slug = '', text] = position.split(':');
    const sequence = Number(text);
    if (!(sequence > 0)) continue;
    const further = (all.get(slug) ?? []).filter((one) => one.sequence > sequence);
    all.set(slug, [...further, { sequence, message }]);
  }
};

type Store = Pick<ReadingStore, 'remembered' | 'stream'>;
type Evidence = Held & { readonly by: string };

/** A stream, and what the journal knows of how far it was. */
type Tail = { readonly name: string; readonly stream: string; readonly said: readonly Said[] };

const examine = async (
  store: Store,
  { name, stream, said }: Tail,
): Promise<Finding | undefined> => {
  const { held, givenUp, unreadable } = await store.remembered(name);
  if (unreadable !== undefined) return finding('HEADS_UNREADABLE', unreadable, { stream });
  const last = (await store.stream(stream))?.last ?? 0; // asked after: a stream only grows
  const told = said.map(({ sequence, message }): Evidence => {
    return { by: JOURNAL_STREAM, sequence, epoch: epochAt(message, givenUp) };
  });
  const ahead = [...held, ...told].filter(({ sequence }) => sequence > last);
  if (ahead.length === 0) return undefined;
  const lost = ahead.filter((one) => !isGivenUp(one, givenUp));
  const furthest = new Map<string, number>();
  for (const { by, sequence } of lost.length > 0 ? lost : ahead)
    furthest.set(by, Math.max(sequence, furthest.get(by) ?? 0));
  const by = [...furthest].map(([who, sequence]) => `${who} knows message ${sequence}`).join(', ');
  const what = `it ends at message ${last}, and was further once: ${by}`;
  const code = lost.length > 0 ? 'LOG_TRUNCATED' : 'LOSS_ACCEPTED';
  return finding(code, what, { stream, sequence: last });
};

/** Does each stream reach as far as it once did, as those know who kept it elsewhere? */
export const examineTails = async (
  store: Store,
  definitions: readonly Aggregate[],
  positions: Told,
): Promise<Finding[]> => {
  const ofEvents = definitions.map(({ slug }): Tail => {
    return { name: slug, stream: eventStream(slug), said: positions.get(slug) ?? [] };
  });
  const ofJournal: Tail = { name: 'journal', stream: JOURNAL_STREAM, said: [] };
  const found = await Promise.all([...ofEvents, ofJournal].map((tail) => examine(store, tail)));
  return found.filter((one) => one !== undefined);
};
