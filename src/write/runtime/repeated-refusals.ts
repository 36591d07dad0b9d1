import type { Principal } from '../../core/access.js';
import type { JournalEntry } from '../store/command-journal.js';
import {
  REFUSALS_EACH_MAX,
  REFUSALS_WINDOW_MS,
  REFUSED_CALLERS_MAX,
  STRANGERS_WINDOW_MS,
} from './limits.js';

/** Codes of what was refused before it was a command: whoever may do nothing can send such for ever. */
const NO_COMMANDS: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'MALFORMED_COMMAND',
  'UNKNOWN_COMMAND',
  'UNKNOWN_AGGREGATE_TYPE',
  'FORBIDDEN_GENERIC_COMMAND',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'VALIDATION_ERROR',
  'RATE_LIMITED',
]);
/** What was tried, or was there before: nothing was written, however often it is sent. */
const WROTE_NOTHING: ReadonlySet<JournalEntry['outcome']> = new Set(['dry_run', 'replayed']);

/** Callers beyond REFUSED_CALLERS_MAX are summed up together. */
const OTHERS = 'others';

/** As it is in the journal, as it is where it ages out, or only in a sum. */
type Kept = 'as it is' | 'for a while' | 'in a sum';

type Sum = { last: JournalEntry; times: number };
/** What was refused to one caller since a moment. */
type Refused = {
  readonly endsAt: number;
  /** They are several who are summed up together. */
  readonly ofMany: boolean;
  each: number;
  readonly sums: Map<string, Sum>;
};

/** What was refused to many says of none of them that it was them. */
const ofNobody = (entry: JournalEntry): JournalEntry => {
  const { actor: _, actor_type: __, credential: ___, ip_address: ____, ...rest } = entry;
  return rest;
};

/**
 * Keeps the journal small when the same caller is refused, or tries, again and again: the first of a
 * while are kept each, the rest as one entry that says how many more there were. Callers that nobody
 * knows are one caller, whose refusals stay as a sum alone; each of the first is kept for some time.
 */
export class RepeatedRefusals {
  readonly #callers = new Map<string, Refused>();
  readonly #elapsed: () => number;

  /** @param elapsed milliseconds of a monotonic clock */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** What is to become of an entry. Of a stranger it is part of a sum in any case. */
  keep(entry: JournalEntry, by: Principal | undefined): Kept {
    const { code = '', outcome, via } = entry;
    if (by && !NO_COMMANDS.has(code) && !WROTE_NOTHING.has(outcome)) return 'as it is';
    const refused = this.#of(by, via);
    const each = refused.each < REFUSALS_EACH_MAX;
    if (each) refused.each++;
    if (each && by) return 'as it is';
    const key = `${via} ${outcome} ${code}`;
    const sum = refused.sums.get(key);
    const last = refused.ofMany ? ofNobody(entry) : entry;
    if (sum) Object.assign(sum, { last, times: sum.times + 1 });
    else refused.sums.set(key, { last, times: 1 });
    return each ? 'for a while' : 'in a sum';
  }

  /** The sums of whiles that are over, or of all of them; what they hold counts anew then. */
  *over(all = false): Generator<JournalEntry> {
    const now = this.#elapsed();
    for (const [caller, { endsAt, sums }] of this.#callers) {
      if (!all && now < endsAt) continue;
      this.#callers.delete(caller);
      for (const sum of sums.values()) yield entryOf(sum);
    }
  }

  #of(by: Principal | undefined, via: string): Refused {
    let caller = by ? `${by.credential ?? ''}/${by.actor}` : `nobody/${via}`;
    if (!this.#callers.has(caller) && this.#callers.size >= REFUSED_CALLERS_MAX) caller = OTHERS;
    let refused = this.#callers.get(caller);
    if (!refused) {
      const endsAt = this.#elapsed() + (by ? REFUSALS_WINDOW_MS : STRANGERS_WINDOW_MS);
      refused = { endsAt, ofMany: caller === OTHERS, each: 0, sums: new Map() };
      this.#callers.set(caller, refused);
    }
    return refused;
  }
}

/** Of what differs from one to the next, a sum says only the last. */
const entryOf = ({ last, times }: Sum): JournalEntry => {
  const { received_at, via, outcome, code, message } = last;
  const { actor, actor_type, credential, ip_address } = last;
  return {
    received_at,
    via,
    outcome,
    duration_ms: 0,
    ...(code !== undefined && { code }),
    message: [
      credential === undefined ? times : `and ${times} more`,
      ...(message === undefined ? [] : [`the last: ${message}`]),
    ].join(', '),
    ...(actor !== undefined && { actor }),
    ...(actor_type !== undefined && { actor_type }),
    ...(credential !== undefined && { credential }),
    ...(ip_address !== undefined && { ip_address }),
    times,
  };
};
