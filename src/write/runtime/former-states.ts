import type { State } from '../../core/aggregate.js';
import type { EventLog } from '../store/event-log.js';
import { stateAt } from './first-answer.js';
import { FORMER_STATES_KEPT_MS, FORMER_STATES_MAX } from './limits.js';
import type { Of } from './replayed.js';

type Kept = { readonly state: Promise<State>; readonly since: number };

/**
 * States that aggregates had at a version. Each is folded from a whole history, and whoever sends
 * one request again and again asks for the same: they share it for a while.
 */
export class FormerStates {
  readonly #store: EventLog;
  readonly #elapsed: () => number;
  readonly #kept = new Map<string, Kept>();

  /** @param elapsed milliseconds of a monotonic clock */
  constructor(store: EventLog, elapsed: () => number) {
    this.#store = store;
    this.#elapsed = elapsed;
  }

  forget(): void {
    this.#kept.clear();
  }

  at(of: Of, version: number): Promise<State> {
    const key = `${of.definition.slug}/${of.aggregate_id}@${version}`;
    const known = this.#kept.get(key);
    if (known && this.#elapsed() - known.since < FORMER_STATES_KEPT_MS) return known.state;
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= FORMER_STATES_MAX) this.#kept.delete(oldest);
    const state = stateAt(this.#store, of, version);
    this.#kept.set(key, { state, since: this.#elapsed() });
    state.catch(() => this.#kept.delete(key)); // whoever asks next looks again
    return state;
  }
}
