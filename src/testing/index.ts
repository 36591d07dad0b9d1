import { isDeepStrictEqual } from 'node:util';
import type { Aggregate, Context, Referenced, State, Typed } from '../core/aggregate.js';
import type { Entries } from '../core/boundary.js';
import { parseCommand } from '../core/command.js';
import { decide, type Proposed } from '../core/decide.js';
import type { EventOf } from '../core/define-aggregate.js';
import { type Foldable, replay } from '../core/fold.js';
import { eventId, stableCommandId } from '../core/ids.js';
import { isRefusal, type Refusal } from '../core/refusal.js';
import { registry } from '../core/registry.js';
import { Expectation, plain, show } from './expectation.js';

export {
  type GivenEntry,
  type GivenEvent,
  givenEvents,
  type ProjectedDocuments,
} from './projections.js';

type EventsOf<D> = D extends Typed<infer E, unknown> ? E : never;
type CommandsOf<D> = D extends Typed<unknown, infer C> ? C : never;
type StateDataOf<D> = D extends Typed<unknown, unknown, infer S> ? S : never;
/** Whether a definition came without the types its author wrote. */
type Erased<D> = [EventsOf<D>] extends [never] ? true : false;

/** Data that is often written down apart from its event: any text may stand for one out of a few. */
type Loose<T> = T extends string
  ? string
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

/** An event of a history: its type, its data, and, when it matters, its id. */
export type Given = { readonly type: string; readonly data?: object; readonly event_id?: string };
type NameOf<D> = keyof EventsOf<D> & string;
/** Events that name their type are held to the definition; what is only some text is not. */
type Held<D, G> =
  Erased<D> extends true
    ? G
    : G extends { readonly type: infer T extends string }
      ? string extends T
        ? G
        : T extends NameOf<D>
          ? { readonly type: T; readonly data?: Loose<EventOf<EventsOf<D>, T>['data']> }
          : { readonly type: NameOf<D> }
      : never;
type AllHeld<D, H extends readonly Given[]> = { readonly [I in keyof H]: Held<D, H[I]> };

/** A command of a test: its type or an alias, its data, and what else of the envelope matters. */
export type When<D = Aggregate> = {
  readonly type: (keyof CommandsOf<D> & string) | (string & {});
  readonly data?: object;
  readonly actor?: string;
  readonly source?: string;
  readonly business_justification?: string;
  readonly approval_id?: string;
};
type Lookups = {
  readonly references?: Readonly<Record<string, Referenced<unknown> | null>>;
  readonly boundaries?: Readonly<
    Record<string, Entries<unknown> | Readonly<Record<string, unknown>>>
  >;
  readonly now?: string;
  readonly id?: string;
};

type StateOf<D> =
  Erased<D> extends true ? State : { readonly status: string; readonly data: StateDataOf<D> };

/** What came of a command, and the sentences to expect of it. */
export type Outcome<D = Aggregate> = {
  readonly events: readonly Proposed[];
  readonly refusal: Refusal | undefined;
  readonly state: StateOf<D>;
  /** Exactly these events, in this order. */
  then<const H extends readonly Given[]>(...events: H & AllHeld<D, H>): void;
  /** Refused with this code, and a message that matches. */
  thenRefused(code: string, message?: RegExp): void;
  /** Accepted, and this is part of the data then. */
  thenData(part: Partial<Loose<StateOf<D>['data']>>, status?: string): void;
};

/** A definition with a history: what a command is tried on. */
export type Sentence<D = Aggregate> = {
  readonly state: StateOf<D>;
  /** What else the decision sees: other aggregates, boundaries, the time. */
  and(more: Lookups): Sentence<D>;
  when(command: When<D>): Outcome<D>;
};

const outcome = (decided: ReturnType<typeof decide>, before: State): Outcome => {
  const refusal = isRefusal(decided) ? decided : undefined;
  const events = isRefusal(decided) ? [] : decided.events;
  const state = isRefusal(decided) ? before : decided.state;
  const fail = (expected: unknown, got: unknown = events): never => {
    throw new Expectation(`expected ${show(expected)}\ngot ${show(refusal ?? got)}`);
  };
  return {
    events,
    refusal,
    state,
    then: (...expected) => {
      const got = events.map(({ event_type: type, data }) => ({ type, data }));
      if (refusal || !isDeepStrictEqual(plain(got), plain(expected))) fail(expected);
    },
    thenRefused: (code, message) => {
      if (refusal?.refused !== code || (message && !message.test(refusal.message)))
        fail({ refused: code, ...(message && { message: String(message) }) });
    },
    thenData: (part, status) => {
      const got = Object.fromEntries(Object.keys(part).map((key) => [key, state.data[key]]));
      if (refusal || !isDeepStrictEqual(plain(got), plain(part)))
        fail({ data: part }, { data: got });
      if (status !== undefined && state.status !== status)
        fail({ status }, { status: state.status });
    },
  };
};

const ID = 'under-test';

/** The state after a history, checked by the data's schema. */
export const folded = (definition: Aggregate, events: readonly Given[]): State => {
  let state = definition.initial;
  for (const [index, { type, data = {}, event_id }] of events.entries()) {
    const schema = definition.events[type]?.schema;
    if (!schema) throw new Expectation(`${definition.name} has no event ${type}`);
    const foldable: Foldable = {
      event_type: type,
      data: schema.parse(data) as Record<string, unknown>,
      event_id:
        event_id ?? eventId('given', index, { aggregate_type: definition.name, aggregate_id: ID }),
      event_timestamp: '2026-01-06T10:00:00.000Z',
      aggregate_version: index + 1,
    };
    state = replay(definition, state, foldable);
    definition.data.parse(state.data);
  }
  return state;
};

/**
 * Test a definition in one sentence, without a server.
 *
 * @example
 * given(Server, { type: 'ServerCreated', data: { hostname: 'a', environment: 'prod' } })
 *   .when({ type: 'RenameHost', data: { hostname: 'b' } })
 *   .then({ type: 'HostnameChanged', data: { previous_hostname: 'a', new_hostname: 'b' } });
 */
export const given = <D extends Aggregate, const H extends readonly Given[]>(
  definition: D,
  ...history: H & AllHeld<D, H>
): Sentence<D> => tried(definition, history) as unknown as Sentence<D>;

const tried = (definition: Aggregate, history: readonly Given[]): Sentence => {
  const state = folded(definition, history);
  const withLookups = (lookups: Lookups): Sentence => ({
    and: (more) => withLookups({ ...lookups, ...more }),
    state,
    when: (command: When): Outcome => {
      const parsed = parseCommand(registryOf(definition), {
        command_id: stableCommandId('test', command.type, String(history.length)),
        command_type: command.type,
        aggregate_id: lookups.id ?? ID,
        aggregate_type: definition.name,
        actor: command.actor ?? 'tester',
        actor_type: 'user',
        source: command.source ?? 'api',
        command_timestamp: '2026-01-06T10:00:00Z',
        data: command.data ?? {},
        metadata: {
          ...(command.business_justification && {
            business_justification: command.business_justification,
          }),
          ...(command.approval_id && { approval_id: command.approval_id }),
        },
      });
      if (isRefusal(parsed)) return outcome(parsed, state);
      const context = {
        id: parsed.aggregate_id,
        version: history.length,
        now: lookups.now ?? '2026-01-06T10:00:00.000Z',
        actor: parsed.actor,
        actor_type: parsed.actor_type,
        subject: parsed.subject,
        source: parsed.source,
        business_justification: parsed.business_justification,
        approval_id: parsed.approval_id,
        references: lookups.references ?? {},
        boundaries: Object.fromEntries(
          (parsed.spec.boundaries ?? []).map((name) => {
            const entries = lookups.boundaries?.[name] ?? {};
            return [name, entries instanceof Map ? entries : new Map(Object.entries(entries))];
          }),
        ),
      };
      return outcome(decide(definition, state, parsed, context as unknown as Context), state);
    },
  });
  return withLookups({});
};

/** A registry of one definition and of bare names for the others it mentions. */
const registryOf = (definition: Aggregate) => {
  const alone = { ...definition, boundaries: {} };
  const commands = Object.fromEntries(
    Object.entries(definition.commands).map(([type, { references: _, ...spec }]) => [type, spec]),
  );
  const known = registry([{ ...alone, commands }]);
  return {
    ...known,
    aggregate: () => definition,
    command: (_: Aggregate, name: string) => {
      const found = known.command(known.definitions[0]!, name);
      return found && { ...found, definition, spec: definition.commands[found.type]! };
    },
  };
};
