import type { Aggregate, State } from '../../core/aggregate.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Http } from '../http.js';
import { planOf, type Wanted } from './planned.js';
import type { Sent } from './sending.js';
import { leftOut } from './written.js';

/** What a field is now; one that the data does not have is the status. */
export const currentOf =
  ({ data: { shape } }: Aggregate, { status, data }: State) =>
  (field: string): unknown =>
    Object.hasOwn(shape, field) ? data[field] : status;

/**
 * A request that came again is what it was: what changed nothing then and would now is another
 * request under the same key, and its answer may not say that all was done.
 */
export const another = async (
  { runtime }: Http,
  { id, wanted, sent }: { readonly id: string; readonly wanted: Wanted; readonly sent: Sent },
): Promise<Refusal | undefined> => {
  const left = leftOut(sent).flatMap(({ fields }) => fields);
  if (!sent.result.replayed || left.length === 0) return undefined;
  const { definition } = wanted.settable;
  const there = await runtime.state(definition, id);
  const now = planOf({ ...wanted, current: currentOf(definition, there) });
  const would = isRefusal(now) ? [] : now.commands.flatMap(({ fields }) => fields);
  const different = left.filter((field) => would.includes(field));
  if (different.length === 0) return undefined;
  return refuse(
    'COMMAND_ID_REUSED',
    `this Idempotency-Key was used before, for a request without ${different.join(', ')}, or others changed that since: every request needs a key of its own (nothing was changed)`,
  );
};
