import type { Aggregate, Context, Referenced, State } from '../../core/aggregate.js';
import { notOwned } from '../../core/authorize.js';
import type { Entries } from '../../core/boundary.js';
import { sha256 } from '../../core/canonical.js';
import { presence } from '../../core/chart.js';
import type { Command } from '../../core/command.js';
import { decide } from '../../core/decide.js';
import { type EventRecord, seal } from '../../core/event.js';
import { laterInstant } from '../../core/instant.js';
import { typeOf } from '../../core/reference.js';
import { Fault, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { ClaimKey } from '../store/port.js';
import { TURN_EVENTS_MAX } from './limits.js';
import type { Folded } from './load.js';

/** What one command came to in a turn; events are sealed but not yet written. */
export type Decided =
  | {
      readonly kind: 'events' | 'dry';
      readonly events: readonly EventRecord[];
      readonly state: State;
      /** What it changes of the claims its aggregate holds. */
      readonly claims: readonly ClaimChange[];
    }
  | { readonly kind: 'refused' | 'unchanged'; readonly refusal: Refusal }
  /** With `foreign`, only whoever sent it first is told. */
  | { readonly kind: 'replay'; readonly foreign: Refusal | undefined }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A claim that an aggregate holds in one state and not in another. */
export type ClaimChange = ClaimKey & {
  readonly label: string;
  readonly hold: boolean;
  readonly taken: string;
  readonly what: string;
};

/** What a decision may look at besides the aggregate. */
export type Lookups = {
  readonly references: Readonly<Record<string, Referenced<unknown> | null>>;
  /** Whom the definition's ownership asks about, as far as they were looked up: by `ownerKey`. */
  readonly owners: Owners;
  /** Why the approval that the command names does not allow it. */
  readonly unapproved?: Refusal | undefined;
  readonly boundaries: Readonly<Record<string, Entries<unknown>>>;
};

/** Another aggregate that ownership asks about: the name of the reference, and which one it is. */
export type OwnerWanted = { readonly name: string; readonly type: string; readonly id: string };
/** What was found of them: the aggregate, null where there is none, or why it could not be looked up. */
export type Owners = ReadonlyMap<string, Referenced<unknown> | null | Fault>;
export const ownerKey = ({ name, type, id }: OwnerWanted): string => `${name}/${type}/${id}`;

/** Nothing can be decided before these have been looked up. */
export class OwnersUnknown extends Error {
  override readonly name = 'OwnersUnknown';
  readonly wanted: readonly OwnerWanted[];
  constructor(wanted: readonly OwnerWanted[]) {
    super('whose it is has not been looked up yet');
    this.wanted = wanted;
  }
}

const CLAIM_KEY_CHARS = 40;

/** A point between two commands of a turn: the folded state there, nothing of it written yet. */
export type Point = {
  readonly state: State;
  readonly version: number;
  readonly head: string | null;
  readonly timestamp: string;
};

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

const contextOf = (command: Command, at: Point, now: string, lookups: Lookups): Context => ({
  id: command.aggregate_id,
  version: at.version,
  now,
  actor: command.actor,
  actor_type: command.actor_type,
  subject: command.subject,
  source: command.source,
  business_justification: command.business_justification,
  approval_id: command.approval_id,
  references: lookups.references as Context['references'],
  boundaries: lookups.boundaries as Context['boundaries'],
});

const missingReference = (
  { spec, data }: Command,
  { references }: Lookups,
): Refusal | undefined => {
  for (const [name, reference] of Object.entries(spec.references ?? {})) {
    const { by } = reference;
    const id = data[by];
    const of = typeOf(reference, data);
    if (typeof id === 'string' && of !== undefined && references[name] === null)
      return refuse('REFERENCE_NOT_FOUND', `${by}: there is no ${of} ${id}`, {
        errors: [{ field: `data.${by}`, message: `no such ${of}`, rule: 'REFERENCE' }],
      });
  }
  return undefined;
};

/** Whom ownership asks about at a point. Who owns it, the aggregate says; before it exists, the command. */
export const ownersWanted = ({ definition, data }: Command, { state }: Point): OwnerWanted[] => {
  const known = presence(definition.chart, state.status) === 'absent' ? data : state.data;
  return Object.entries(definition.ownership?.references ?? {}).flatMap(([name, reference]) => {
    const id = known[reference.by];
    const type = typeOf(reference, known);
    return typeof id === 'string' && type !== undefined ? [{ name, type, id }] : [];
  });
};

/**
 * Before anything else: who may not change it learns nothing of it, not even whether it is there.
 * @throws OwnersUnknown when an earlier command of the turn gave it to others, Fault
 */
const foreign = (command: Command, at: Point, { owners }: Lookups): Refusal | undefined => {
  const { definition, command_type, teams } = command;
  if (teams === null) return undefined;
  const wanted = ownersWanted(command, at);
  const unknown = wanted.filter((one) => !owners.has(ownerKey(one)));
  if (unknown.length > 0) throw new OwnersUnknown(unknown);
  const found: Record<string, Referenced<unknown> | null> = {};
  for (const name of Object.keys(definition.ownership?.references ?? {})) found[name] = null;
  for (const one of wanted) {
    const owner = owners.get(ownerKey(one))!;
    if (owner instanceof Fault) throw owner;
    found[one.name] = owner;
  }
  const owning = definition.ownership?.teams(at.state.data, found) ?? [];
  return owning.some((team) => team !== '' && teams.includes(team))
    ? undefined
    : notOwned(command_type, teams);
};

/** What went wrong while a command was decided; only what has to be looked up first goes on. */
const faultOf = (error: unknown, command_type: string): Decided => {
  if (error instanceof OwnersUnknown) throw error;
  const fault =
    error instanceof Fault
      ? error
      : new Fault('HANDLER_THREW', `deciding ${command_type} failed`, { cause: error });
  return { kind: 'fault', fault };
};

/** The first answer again, unless the command of somebody else is sent by who may not send it. */
export const replayAt = (command: Command, at: Point, lookups: Lookups): Decided => {
  try {
    return { kind: 'replay', foreign: foreign(command, at, lookups) };
  } catch (error) {
    return faultOf(error, command.command_type);
  }
};

const wrongVersion = (command: Command, { version }: Point): Refusal | undefined =>
  command.expected_version === null || command.expected_version === version
    ? undefined
    : refuse(
        'CONCURRENCY_CONFLICT',
        `${command.definition.name} ${command.aggregate_id} is at version ${version}, the command expected ${command.expected_version}: read it again and decide again`,
        { details: { expected_version: command.expected_version, actual_version: version } },
      );

/**
 * Decide one command at a point of a turn. Pure but for the clock's `now`.
 * @throws OwnersUnknown when more must be looked up first
 */
export const decideAt = (command: Command, at: Point, now: string, lookups: Lookups): Decided => {
  const { definition } = command;
  // Never backwards within an aggregate, whatever the clock does.
  const time = laterInstant(now, at.timestamp);
  try {
    const refusal =
      foreign(command, at, lookups) ??
      lookups.unapproved ??
      wrongVersion(command, at) ??
      missingReference(command, lookups);
    if (refusal) return { kind: 'refused', refusal };
    const decision = decide(definition, at.state, command, contextOf(command, at, time, lookups));
    if (isRefusal(decision)) return { kind: 'refused', refusal: decision };
    if (decision.events.length > TURN_EVENTS_MAX)
      throw new Fault(
        'TOO_MANY_EVENTS',
        `${command.command_type} produced ${decision.events.length} events, at most ${TURN_EVENTS_MAX} fit one command`,
      );
    let head = at.head;
    const events = decision.events.map((proposed, index) => {
      const sealed = seal({
        event_id: proposed.event_id,
        event_type: proposed.event_type,
        event_version: proposed.event_version,
        data: proposed.data,
        aggregate_type: definition.name,
        aggregate_id: command.aggregate_id,
        aggregate_version: at.version + index + 1,
        event_timestamp: time,
        actor: command.actor,
        actor_type: command.actor_type,
        source: command.source,
        causation_id: command.command_id,
        command_hash: command.hash,
        correlation_id: command.correlation_id,
        business_justification: command.business_justification,
        approval_id: command.approval_id,
        effective_at: command.effective_at,
        traceparent: command.traceparent,
        previous_hash: head,
      });
      head = sealed.hash;
      return sealed;
    });
    const { state } = decision;
    const claims = claimChanges(definition, at.state, state);
    return { kind: command.dry_run ? 'dry' : 'events', events, state, claims };
  } catch (error) {
    return faultOf(error, command.command_type);
  }
};

/** The point after events. */
export const after = (at: Point, events: readonly EventRecord[], state: State): Point => {
  const last = events[events.length - 1];
  if (!last) return at;
  const { aggregate_version: version, hash: head, event_timestamp: timestamp } = last;
  return { state, version, head, timestamp };
};

export const pointOf = ({ state, version, head, timestamp }: Folded): Point => ({
  state,
  version,
  head,
  timestamp,
});
