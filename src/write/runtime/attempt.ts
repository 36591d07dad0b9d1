import { setTimeout as pause } from 'node:timers/promises';
import type { Aggregate } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import { Fault, type Refusal } from '../../core/refusal.js';
import { isConflict } from '../store/event-log.js';
import type { ActorContext } from './actor-context.js';
import type { Fenced } from './boundaries.js';
import { busy } from './busy.js';
import { type Claiming, claiming } from './claiming.js';
import type { Decided, Lookups } from './decide-one.js';
import { noneOf } from './decide-together.js';
import { decideTurn } from './decide-turn.js';
import type { Ticket } from './inbox.js';
import { ATTEMPT_PAUSE_MAX_MS, ATTEMPTS_MAX } from './limits.js';
import type { Folded } from './load.js';
import { asFault, lookUp, lookUpOwners } from './look-up.js';
import { accepted, dryRun, type Result } from './outcome.js';
import { areSame, type Owner, OwnersUnknown, type OwnerWanted } from './ownership.js';
import { replayed } from './replayed.js';
import type { Replica } from './replica.js';

/** The aggregate that is decided about, what this node holds of it, and where. */
export type Subject = {
  readonly definition: Aggregate;
  readonly id: string;
  readonly replica: Replica;
  readonly context: ActorContext;
};

/** What commands were decided on. */
type Basis = {
  readonly on: Folded;
  readonly fenced: Fenced | undefined;
  /** Whether it holds all that was acknowledged before they were taken. */
  readonly fresh: boolean;
};

/** Whom ownership asked about, and what was found of them. */
type LookedUp = { readonly wanted: OwnerWanted[]; readonly owners: Map<string, Owner> };

/** Whether a decision says whose it is, and nothing is written that would say so. */
const restsOnOwners = (one: Decided): boolean =>
  ('refusal' in one && one.refusal.refused === 'FORBIDDEN') ||
  one.kind === 'dry' ||
  (one.kind === 'replay' && one.foreign !== undefined);

/** Whether a decision may be another one on later facts, though nothing is written that says so. */
const restsOnFacts = (one: Decided): boolean =>
  'refusal' in one || one.kind === 'dry' || (one.kind === 'replay' && one.foreign !== undefined);

/** Decides the commands of one turn, writes what they come to as one append, and answers them. */
export class Attempt {
  readonly #of: Subject;
  readonly #catchUp: (() => Promise<Fenced>) | undefined;
  #fresh = false;

  /** @param catchUp brings the boundaries that they need up to date */
  constructor(of: Subject, catchUp: (() => Promise<Fenced>) | undefined) {
    this.#of = of;
    this.#catchUp = catchUp;
  }

  /** Decide and write, and again when the log turns out to have moved, a bounded number of times. */
  async run(tickets: readonly Ticket[]): Promise<void> {
    let waiting = tickets;
    for (let attempt = 0; waiting.length > 0; attempt++) {
      if (attempt >= ATTEMPTS_MAX) {
        for (const { settle } of waiting)
          settle(busy('others kept changing what this command depends on'));
        return;
      }
      const done = await this.#try(waiting, attempt);
      if (done === 0) continue;
      waiting = waiting.slice(done);
      attempt = -1; // there was progress: the count begins again
    }
  }

  /** Returns how many tickets are done with; none when it is to be decided anew. */
  async #try(waiting: readonly Ticket[], attempt: number): Promise<number> {
    const { replica, context } = this.#of;
    const seen = await replica.see();
    this.#fresh ||= seen.fresh;
    const fenced = await this.#catchUp?.();
    const { on, decided, looked } = await this.#decide(waiting, fenced?.entries);
    if (!on || replica.folded !== on) return 0; // it is another one by now
    const isForeign = looked.wanted.length > 0 && decided.some(restsOnOwners);
    // What is not written is only as good as the facts: look for later ones before it is said.
    if (isForeign || (!this.#fresh && decided.some(restsOnFacts))) {
      this.#fresh = true;
      const [latest, areStill] = await Promise.all([
        replica.refresh(on),
        !isForeign || this.#areStill(waiting[0]!.command, looked),
      ]);
      if (latest !== on || !areStill) return 0;
    }
    const done = await this.#write(waiting, decided, { on, fenced, fresh: this.#fresh });
    if (typeof done === 'number') return done;
    if (done === 'stale') await replica.refresh(on);
    else {
      context.observer.conflicted();
      if (attempt > 0) await pause(Math.random() * Math.min(attempt * 2, ATTEMPT_PAUSE_MAX_MS));
      if (replica.folded) await replica.refresh(replica.folded);
    }
    this.#fresh = true;
    return 0;
  }

  /** Several owners were looked up at several moments: whether all were so at one. */
  async #areStill(command: Command, { wanted, owners }: LookedUp): Promise<boolean> {
    if (wanted.length === 1) return true;
    const again: LookedUp['owners'] = new Map();
    await lookUpOwners(command, wanted, { ...this.#of.context, owners: again });
    return areSame(owners, again);
  }

  /** Look up what commands depend on, and decide them on the fold that is in memory then. */
  async #decide(
    tickets: readonly Ticket[],
    boundaries: Lookups['boundaries'] | undefined,
  ): Promise<{
    readonly on: Folded | undefined;
    readonly decided: readonly Decided[];
    readonly looked: LookedUp;
  }> {
    const { replica, context } = this.#of;
    const commands = tickets.map(({ command }) => command);
    const looked: LookedUp = { wanted: [], owners: new Map() };
    const { owners } = looked;
    const lookups = await lookUp(commands, { ...context, boundaries, owners });
    const away = lookups.find((one) => one instanceof Fault && one.code === 'STORE_UNAVAILABLE');
    if (away) throw away;
    const [{ group }] = tickets as [Ticket];
    for (;;) {
      const on = replica.folded;
      if (!on) return { on, decided: [], looked };
      try {
        const now = context.now();
        return { on, decided: decideTurn({ commands, lookups, folded: on, now }, group), looked };
      } catch (error) {
        // Each time there is more to know than the last time, and no more than the commands name.
        if (!(error instanceof OwnersUnknown)) throw error;
        looked.wanted.push(...error.wanted);
        await lookUpOwners(commands[0]!, error.wanted, { ...context, owners });
      }
    }
  }

  /**
   * Write what was decided and answer. Returns how many tickets are done with, that the log had
   * moved, or that it must be looked whether it has: what another holds refuses only what is decided
   * on the latest. The fold may have moved while this waited, and what was sealed on one may never be
   * appended to another.
   */
  async #write(
    tickets: readonly Ticket[],
    decided: readonly Decided[],
    basis: Basis,
  ): Promise<number | 'conflict' | 'stale'> {
    const claimed = await this.#claim(decided);
    if (this.#of.replica.folded !== basis.on) return 'conflict';
    if (claimed.kind === 'taken') {
      if (!basis.fresh) return 'stale';
      return this.#write(tickets, refuseLast(tickets, decided, claimed.refusal), basis);
    }
    if (claimed.kind === 'not held') this.#warnOfClaim();
    const toWrite = decided.flatMap((one) => (one.kind === 'events' ? [one] : []));
    const events = toWrite.flatMap((one) => one.events);
    let first = 0;
    if (events.length > 0) {
      const { definition, id, replica, context } = this.#of;
      const claims = [...claimed.claims, ...(basis.fenced?.touches(id) ?? [])];
      const result = await context.store.append({
        kind: definition,
        aggregate_id: id,
        expected: basis.on.sequence,
        events,
        claims,
      });
      if (isConflict(result)) return 'conflict';
      ({ first } = result);
      context.observer.appended(definition.slug, first + events.length + claims.length - 1);
      replica.commit(basis.on, { events, state: toWrite.at(-1)!.state, first });
    }
    this.#answer(tickets, decided, { on: basis.on, first });
    return decided.length;
  }

  /** What the log allows of the claims that would change: only the last one decided changes any. */
  async #claim(decided: readonly Decided[]): Promise<Claiming> {
    const { definition, id, context } = this.#of;
    const changes = decided.flatMap((one) => ('claims' in one ? one.claims : []));
    const known = changes.length > 0 ? await context.store.claims(definition, changes) : [];
    return claiming(definition, id, changes, known);
  }

  /** The key is computed in another way than when it was held: nothing is released under it. */
  #warnOfClaim(): void {
    const { definition, id, context } = this.#of;
    context.log.warn(
      { aggregate_type: definition.name, aggregate_id: id },
      'a claim is not held where it should be; run "stele doctor"',
    );
  }

  #answer(
    tickets: readonly Ticket[],
    decided: readonly Decided[],
    { on, first }: { readonly on: Folded; readonly first: number },
  ): void {
    let sequence = first;
    for (const [index, one] of decided.entries()) {
      const { command, settle } = tickets[index]!;
      if ('refusal' in one) settle(one.refusal);
      else if (one.kind === 'fault') settle(one.fault);
      else if (one.kind === 'dry') settle(dryRun(command, one.events));
      else if (one.kind === 'replay')
        settle(this.#replay(command, on.accepted.get(command.command_id)!, one.foreign));
      else {
        settle(accepted(command, one.events, { first: sequence, replayed: false }));
        sequence += one.events.length;
      }
    }
  }

  async #replay(command: Command, sequence: number, foreign: Refusal | undefined): Promise<Result> {
    try {
      return await replayed(this.#of.context.store, command, { sequence, foreign });
    } catch (error) {
      throw asFault(error);
    }
  }
}

/** The last one decided wants what another holds: it is refused, those before it go on. */
const refuseLast = (
  tickets: readonly Ticket[],
  decided: readonly Decided[],
  refusal: Refusal,
): readonly Decided[] => {
  const [{ group }] = tickets as [Ticket];
  return group
    ? noneOf(decided, refusal, group)
    : [...decided.slice(0, -1), { kind: 'refused', refusal }];
};
