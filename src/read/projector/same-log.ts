import type { ProjectionSource } from '../../core/projection.js';
import { scanPast } from '../../core/scan-past.js';
import type { Kind } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Checkpoint } from '../views/port.js';
import { CHECKPOINT_LOOK_BACK } from './limits.js';
import { Standstill } from './standstill.js';

/** What must be read of a log to know it again. */
export type WrittenLog = Pick<EventStore, 'scan' | 'readJournal'>;

/** A log of events, or with null the log of commands. */
type Source = { readonly definition: Kind | null };

/** Time of the last event up to a sequence, as the log has it now; undefined when none is near. */
const timeAt = async (
  store: WrittenLog,
  { definition }: Source,
  sequence: number,
): Promise<string | undefined> => {
  let found: string | undefined;
  if (definition === null) {
    for await (const entry of store.readJournal(sequence)) {
      if (entry.sequence !== sequence) break;
      found = entry.received_at;
    }
    return found;
  }
  const from = Math.max(1, sequence - CHECKPOINT_LOOK_BACK + 1);
  for await (const entry of scanPast((at) => store.scan(definition, at), { from, to: sequence }))
    if ('event' in entry) found = entry.event.event_timestamp;
  return found;
};

/**
 * What is wrong when something else stands where a checkpoint was taken: the log was restored from
 * an older copy or made anew, and has grown past the checkpoint since. Undefined when nothing is.
 */
export const replacedSince = async (
  store: WrittenLog,
  source: Source,
  { sequence, at }: Pick<Checkpoint, 'sequence' | 'at'>,
): Promise<string | undefined> => {
  if (sequence === 0 || at === null) return undefined;
  const found = await timeAt(store, source, sequence);
  if (found === undefined || found === at) return undefined;
  return `what stands at ${sequence} was written at ${found}, what was taken there at ${at}: the log was replaced`;
};

/** Whether any of these checkpoints was taken from this log: its event stands there. */
export const holdsAny = async (
  store: WrittenLog,
  sources: readonly ProjectionSource[],
  taken: readonly Checkpoint[],
): Promise<boolean> => {
  for (const { source, sequence, at } of taken) {
    const of = sources.find(({ slug }) => slug === source);
    if (!of || sequence === 0 || at === null) continue;
    if ((await timeAt(store, of, sequence)) === at) return true;
  }
  return false;
};

/**
 * Make sure that a checkpoint stands in the log that it was taken from: a log that was restored
 * from an older copy, or made anew, lost what documents were already made from.
 * @throws Standstill log_truncated
 */
export const checkSameLog = async (
  store: EventStore,
  source: ProjectionSource,
  checkpoint: Checkpoint,
): Promise<void> => {
  const { sequence } = checkpoint;
  if (sequence === 0) return;
  const { last } = await store.ends(source.definition ?? 'journal');
  if (sequence > last)
    throw new Standstill(
      'log_truncated',
      `${source.slug}: taken up to ${sequence}, but the log ends at ${last}: it lost its tail; restore it, or rebuild`,
      source.slug,
    );
  const replaced = await replacedSince(store, source, checkpoint);
  if (replaced)
    throw new Standstill(
      'log_truncated',
      `${source.slug}: ${replaced}; restore it, or rebuild`,
      source.slug,
    );
};
