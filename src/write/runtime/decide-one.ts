import type { Context, Referenced, State } from '../../core/aggregate.js';
import type { Entries } from '../../core/boundary.js';
import type { Command } from '../../core/command.js';
import { decide, type Proposed } from '../../core/decide.js';
import { type EventRecord, seal } from '../../core/event.js';
import { laterInstant } from '../../core/instant.js';
import { typeOf } from '../../core/reference.js';
import { Fault, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { type ClaimChange, claimChanges } from './claim-changes.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { type Owners, OwnersUnknown, refuseForeign } from './ownership.js';
import type { Point } from './point.js';

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

/** What a decision may look at besides the aggregate. */
export type Lookups = {
  readonly references: Readonly<Record<string, Referenced<unknown> | null>>;
  /** Whom the definition's ownership asks about, as far as they were looked up: by `ownerKey`. */
  readonly owners: Owners;
  /** Why the approval that the command names does not allow it. */
  readonly unapproved?: Refusal | undefined;
  readonly boundaries: Readonly<Record<string, Entries<unknown>>>;
};

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
export const replayOne = (command: Command, at: Point, lookups: Lookups): Decided => {
  try {
    return { kind: 'replay', foreign: refuseForeign(command, at, lookups.owners) };
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

/** What is proposed as it will be written, each event with the hash of the one before it. */
const sealAll = (
  command: Command,
  at: Point,
  { proposed, time }: { readonly proposed: readonly Proposed[]; readonly time: string },
): readonly EventRecord[] => {
  let head = at.head;
  return proposed.map(({ event_id, event_type, event_version, data }, index) => {
    const sealed = seal({
      event_id,
      event_type,
      event_version,
      data,
      aggregate_type: command.definition.name,
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
};

/**
 * Decide one command at a point of a turn. Pure but for the clock's `now`.
 * @throws OwnersUnknown when more must be looked up first
 */
export const decideOne = (command: Command, at: Point, now: string, lookups: Lookups): Decided => {
  const { definition } = command;
  // Never backwards within an aggregate, whatever the clock does.
  const time = laterInstant(now, at.timestamp);
  try {
    const refusal =
      refuseForeign(command, at, lookups.owners) ??
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
    const events = sealAll(command, at, { proposed: decision.events, time });
    const { state } = decision;
    const claims = claimChanges(definition, at.state, state);
    return { kind: command.dry_run ? 'dry' : 'events', events, state, claims };
  } catch (error) {
    return faultOf(error, command.command_type);
  }
};
