import type { Aggregate } from '../../core/aggregate.js';
import { eventStream, JOURNAL_STREAM } from '../../core/subjects.js';
import { type Finding, finding } from './finding.js';
import type { ReadingStore } from './reading-store.js';

/** How far the journal says that each stream was, per slug. */
export type Told = Map<string, number>;

/** Take in where one accepted command was written: `application:42`. */
export const told = (positions: readonly string[], all: Told): void => {
  for (const position of positions) {
    const [slug = '', sequence] = position.split(':');
    if (Number(sequence) > (all.get(slug) ?? 0)) all.set(slug, Number(sequence));
  }
};

type Store = Pick<ReadingStore, 'remembered' | 'stream'>;
type Evidence = { readonly by: string; readonly sequence: number };

/** A stream, and who else may know how far it was. */
type Tail = { readonly name: string; readonly stream: string; readonly told: readonly Evidence[] };

const examine = async (
  store: Store,
  { name, stream, told }: Tail,
): Promise<Finding | undefined> => {
  const { held, accepted } = await store.remembered(name);
  const last = (await store.stream(stream))?.last ?? 0; // asked after: a stream only grows
  const ahead = [...held, ...told].filter(({ sequence }) => sequence > last);
  if (ahead.length === 0) return undefined;
  const most = Math.max(...ahead.map(({ sequence }) => sequence));
  const by = ahead.map((one) => `${one.by} knows message ${one.sequence}`).join(', ');
  const what = `it ends at message ${last}, and was further once: ${by}`;
  const code = most <= (accepted?.lost_to ?? 0) ? 'LOSS_ACCEPTED' : 'LOG_TRUNCATED';
  return finding(code, what, { stream, sequence: last });
};

/** Does each stream reach as far as it once did, as those know who kept it elsewhere? */
export const examineTails = async (
  store: Store,
  definitions: readonly Aggregate[],
  positions: Told,
): Promise<Finding[]> => {
  const ofEvents = definitions.map(({ slug }): Tail => {
    const said = { by: JOURNAL_STREAM, sequence: positions.get(slug) ?? 0 };
    return { name: slug, stream: eventStream(slug), told: [said] };
  });
  const ofJournal: Tail = { name: 'journal', stream: JOURNAL_STREAM, told: [] };
  const found = await Promise.all([...ofEvents, ofJournal].map((tail) => examine(store, tail)));
  return found.filter((one) => one !== undefined);
};
