import type { Aggregate, Context, EventMeta, State } from './aggregate.js';
import { arrowsFrom, presence } from './chart.js';
import { type Command, creates } from './command.js';
import { eventId } from './ids.js';
import { transition } from './machine.js';
import { markedValues } from './marks.js';
import type { CommandSpec } from './message.js';
import { Fault, isRefusal, type Refusal, refuse } from './refusal.js';

/** An event that a decision proposes, parsed by its own schema. */
export type Proposed = {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_version: number;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What a command would do: its events and the state after them. */
export type Decision = { readonly events: readonly Proposed[]; readonly state: State };

/** The names of the commands that have at least one event that fits a status. */
export const commandsPossible = (definition: Aggregate, status: string): readonly string[] => {
  const events = new Set(arrowsFrom(definition.chart, status).map(({ event }) => event));
  return Object.entries(definition.commands)
    .filter(([, { emits }]) => emits.some((type) => events.has(type)))
    .map(([type]) => type);
};

const notAllowed = (
  definition: Aggregate,
  state: State,
  command: Command,
  misfit?: { readonly event_type: string; readonly data: Readonly<Record<string, unknown>> },
): Refusal => {
  const one = `${definition.name} ${command.aggregate_id}`;
  const kind = presence(definition.chart, state.status);
  if (kind === 'absent' && !misfit) return refuse('NOT_FOUND', `${one} does not exist`);
  if (kind === 'deleted')
    return refuse('DELETED', `${one} was deleted: a deleted ${definition.name} cannot be changed`);
  if (creates(definition, command.spec) && !misfit)
    return refuse('ALREADY_EXISTS', `${one} exists already`);
  const allowed = commandsPossible(definition, state.status);
  const branches = arrowsFrom(definition.chart, state.status).filter(
    ({ event, when }) => when && event === misfit?.event_type,
  );
  const wanted = branches[0]?.when && misfit!.data[branches[0].when.field];
  if (branches.length > 0)
    return refuse(
      'INVALID_LIFECYCLE_TRANSITION',
      `${one} cannot go from "${state.status}" to "${wanted}"; from here it can go to ${branches.map(({ to }) => `"${to}"`).join(', ')}`,
      {
        details: {
          from: state.status,
          to: wanted,
          allowed: branches.map(({ to }) => to),
          commands: allowed,
        },
      },
    );
  return refuse(
    'INVALID_LIFECYCLE_TRANSITION',
    `${command.command_type} is not possible while ${one} is "${state.status}"; possible now: ${allowed.join(', ') || 'nothing'}`,
    { details: { from: state.status, allowed: [], commands: allowed } },
  );
};

/** Shorter secrets occur in other texts by chance; nothing can be told from them. */
const SECRET_LENGTH_MIN = 4;
const leavesIn = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesIn) : [value];

const secretReaders = new WeakMap<CommandSpec, (data: unknown) => string[]>();

const checkLeak = (spec: CommandSpec, command: Command, events: readonly Proposed[]): void => {
  let secretsIn = secretReaders.get(spec);
  if (!secretsIn) {
    secretsIn = markedValues(spec.data, ['secret']);
    secretReaders.set(spec, secretsIn);
  }
  const secrets = secretsIn(command.data).filter(({ length }) => length >= SECRET_LENGTH_MIN);
  if (secrets.length === 0) return;
  const leaves = events.flatMap(({ data }) => leavesIn(data));
  const shows = (leaf: unknown, one: string): boolean =>
    typeof leaf === 'string' ? leaf.includes(one) : String(leaf) === one;
  if (secrets.some((one) => leaves.some((leaf) => shows(leaf, one))))
    throw new Fault(
      'SECRET_IN_EVENT',
      `${command.command_type} would write a secret field into an event`,
    );
};

/**
 * Decide a command on a state. Pure: the same arguments always give the same answer.
 *
 * @returns the events and the state after them, or a refusal (NOT_FOUND, DELETED, ALREADY_EXISTS,
 * INVALID_LIFECYCLE_TRANSITION, NO_CHANGE, or the domain's own).
 * @throws Fault when the definition is wrong: an event that was not declared or does not match its
 * schema, a secret in an event, a handler that throws.
 */
export const decide = (
  definition: Aggregate,
  state: State,
  command: Command,
  context: Context,
): Decision | Refusal => {
  const fitting = definition.chart.states[state.status]?.on ?? {};
  if (!command.spec.emits.some((event) => event in fitting))
    return notAllowed(definition, state, command);
  const decided = callHandler(definition, state, command, context);
  if (isRefusal(decided)) return decided;
  if (decided.length === 0)
    return refuse('NO_CHANGE', `${command.command_type} would change nothing`);
  const events: Proposed[] = [];
  let at = state;
  for (const [index, { type, data }] of decided.entries()) {
    const proposed = propose(definition, command, { type, data, index });
    const meta: EventMeta = {
      event_id: proposed.event_id,
      event_timestamp: context.now,
      aggregate_version: context.version + index + 1,
    };
    const next = transition(definition, at, { type, data: proposed.data, meta });
    if (!next) return notAllowed(definition, at, command, proposed);
    at = next;
    events.push(proposed);
  }
  checkLeak(command.spec, command, events);
  return { events, state: at };
};

const callHandler = (definition: Aggregate, state: State, command: Command, context: Context) => {
  try {
    return definition.decide[command.command_type]!(state, command.data, context);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      'HANDLER_THREW',
      `${definition.name}: deciding ${command.command_type} failed`,
      { cause },
    );
  }
};

const propose = (
  definition: Aggregate,
  command: Command,
  event: { readonly type: string; readonly data: unknown; readonly index: number },
): Proposed => {
  const spec = definition.events[event.type];
  if (!spec || !command.spec.emits.includes(event.type))
    throw new Fault(
      'EVENT_UNDECLARED',
      `${command.command_type} produced ${event.type}, which it does not declare in "emits"`,
    );
  const parsed = spec.schema.safeParse(event.data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Fault(
      'EVENT_INVALID',
      `${command.command_type} produced a ${event.type} that does not match its schema at "${issue!.path.join('.')}": ${issue!.message}`,
    );
  }
  return {
    event_id: eventId(command.command_id, event.index, {
      aggregate_type: definition.name,
      aggregate_id: command.aggregate_id,
    }),
    event_type: event.type,
    event_version: spec.version,
    data: parsed.data as Record<string, unknown>,
  };
};
