import type { Aggregate, State } from '../../core/aggregate.js';
import { sha256 } from '../../core/canonical.js';
import { presence } from '../../core/chart.js';
import type { ClaimKey } from '../store/event-log.js';

/** A claim that an aggregate holds in one state and not in another. */
export type ClaimChange = ClaimKey & {
  readonly label: string;
  readonly hold: boolean;
  readonly taken: string;
  readonly what: string;
};

const CLAIM_KEY_CHARS = 40;

const keyOf = (definition: Aggregate, scope: string, state: State): string | null =>
  presence(definition.chart, state.status) === 'present'
    ? definition.claims[scope]!.key(state)
    : null;

/** What a claim is stored under. */
export const claimKey = (label: string): string => sha256(label).slice(0, CLAIM_KEY_CHARS);

/** The claims to hold and to release when a state becomes another. */
export const claimChanges = (definition: Aggregate, before: State, after: State): ClaimChange[] =>
  Object.entries(definition.claims).flatMap(([scope, { taken, what }]) => {
    const old = keyOf(definition, scope, before);
    const now = keyOf(definition, scope, after);
    if (old === now) return [];
    const change = (label: string, hold: boolean): ClaimChange => ({
      scope,
      key: claimKey(label),
      label,
      hold,
      taken,
      what,
    });
    return [
      ...(old === null ? [] : [change(old, false)]),
      ...(now === null ? [] : [change(now, true)]),
    ];
  });
