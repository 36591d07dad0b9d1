import type { Aggregate } from '../../core/aggregate.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Claim, ClaimWrite } from '../store/event-log.js';
import type { ClaimChange } from './claim-changes.js';

/** The last part of a claim's label is what a person knows it by. */
const shown = (label: string): string => label.slice(label.lastIndexOf('/') + 1);

/** What the claims as they were read allow. */
export type Claiming =
  | { readonly kind: 'write'; readonly claims: readonly ClaimWrite[] }
  | { readonly kind: 'taken'; readonly refusal: Refusal }
  /** A claim to release is not held by the aggregate: it is left as it is, and fenced. */
  | { readonly kind: 'not held'; readonly claims: readonly ClaimWrite[] };

/**
 * The claims to write when an aggregate changes what it holds, `known` being how the log has them.
 * The first one that another aggregate holds refuses the command. One to release that it does not
 * hold is written as it stands: should it be held after all, the append is refused and looks again.
 */
export const claiming = (
  { name }: Aggregate,
  id: string,
  changes: readonly ClaimChange[],
  known: readonly Claim[],
): Claiming => {
  const claims: ClaimWrite[] = [];
  let lost = false;
  for (const [index, { scope, key, label, hold, taken, what }] of changes.entries()) {
    const { sequence: expected, holder } = known[index]!;
    if (hold && holder !== null && holder !== id) {
      const message = `${what} "${shown(label)}" is taken by ${name} ${holder}`;
      return {
        kind: 'taken',
        refusal: refuse(taken, message, { details: { held_by: holder }, conflict: true }),
      };
    }
    const held = hold || holder === id;
    if (!held) lost = true;
    claims.push({ scope, key, label, expected, holder: hold ? id : held ? null : holder });
  }
  return { kind: lost ? 'not held' : 'write', claims };
};
