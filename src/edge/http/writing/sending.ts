import { parametersOf } from '../../../core/message.js';
import { allOf, isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import type { Keyed } from '../../../write/runtime/first-answer.js';
import { TOGETHER_MAX } from '../../../write/runtime/limits.js';
import type { Together } from '../../../write/runtime/outcome.js';
import { complete, idempotencyKey } from '../complete.js';
import type { Ctx, Http } from '../http.js';
import { requestContext } from '../request-context.js';
import type { Asking, Template } from './asking.js';
import { type Fields, isFields } from './body.js';
import { commandIds, type RequestKey } from './command-ids.js';
import type { Planned } from './planned.js';
import type { Settable } from './settable.js';

const KEY_MAX = 255;

/** Whoever sends a request; where that is told for somebody else, for whom as well. */
const senderOf = (c: Ctx, told: unknown): string => {
  const { who } = requestContext(c);
  if (!who) return String(told);
  const { actor, actor_type } = who;
  // A person and a program of one name are two, also where the name looks like a program's here.
  const sender =
    actor_type === 'user' && !/^[[{]/.test(actor) ? actor : JSON.stringify({ [actor_type]: actor });
  return told === undefined || told === actor ? sender : JSON.stringify([sender, told]);
};

/** The envelope that headers, query and body give to each command of a request. */
export const templateOf = (
  c: Ctx,
  http: Http,
  {
    settable: { definition, order },
    id,
    envelope,
    query = [],
  }: {
    readonly settable: Settable;
    readonly id: string | undefined;
    readonly envelope: Fields;
    readonly query?: readonly string[];
  },
): Template | Refusal => {
  const found = http.runtime.registry.command(definition, order[0]!)!;
  const body = { ...envelope, data: {} };
  const whole = complete(c, http, { body, path: { found, id }, query });
  if (isRefusal(whole)) return whole;
  const completed = whole.envelope as Fields;
  const { command_id: key, actor } = completed;
  const own = (envelope.command_id ?? idempotencyKey(c).value) !== undefined;
  if (typeof key === 'string' && key.length > 0 && key.length <= KEY_MAX)
    return {
      envelope: completed,
      request: { sender: senderOf(c, actor), method: c.req.method, key },
      own,
    };
  const message = `expected a text of 1 to ${KEY_MAX} characters (Idempotency-Key)`;
  return refuse('MALFORMED_COMMAND', `command_id: ${message}`, {
    errors: [{ field: 'command_id', message, rule: 'FORMAT' }],
  });
};

/** The commands of a plan as they are dispatched. Only the first may expect a version. */
const inputsOf = ({ envelope, request }: Template, commands: readonly Planned[]): Fields[] => {
  const { expected_version, ...rest } = envelope;
  const ids = commandIds(request, commands);
  return commands.map(({ type, data }, index) => ({
    ...rest,
    ...(index === 0 && expected_version !== undefined && { expected_version }),
    command_id: ids[index],
    command_type: type,
    data,
  }));
};

/** What a command calls the fields of the resource, each by how its refusals say it. */
const wordsOf = (
  planned: Planned | undefined,
  { definition, part, creating, begun }: Settable,
): ReadonlyMap<string, string> => {
  const sets = Object.entries((planned && definition.commands[planned.type]?.sets) ?? {});
  const said = planned?.type === creating?.type ? [...begun] : [];
  return new Map([
    ...sets.flatMap(([field, how]) =>
      parametersOf(how).map((name) => {
        const isMember = how !== 'clear' && 'members' in how;
        return [`data.${name}`, isMember ? `${field}.${name}` : field] as const;
      }),
    ),
    ...said.map(([field, name]) => [`data.${name}`, field] as const),
    ...(part ? [['aggregate_id', part.resource.owner] as const] : []),
  ]);
};

/** Where a refusal speaks of a field of a command, the field of the resource. */
const inWordsOfResource = (
  refusal: Refusal,
  planned: Planned | undefined,
  settable: Settable,
): Refusal => {
  const own = wordsOf(planned, settable);
  const errors = refusal.errors?.map((error) => ({
    ...error,
    field: own.get(error.field) ?? error.field.replace(/^data\./, ''),
  }));
  return { ...refusal, ...(errors && { errors }) };
};

/** A request that is refused is refused whole. */
export const nothingChanged = (refusal: Refusal): Refusal => ({
  ...refusal,
  message: `${refusal.message} (nothing was changed)`,
});

/** The refusal of one of several commands, and which fields it was for. */
const refusedOne = (
  { details: { others: _, ...details } = {}, ...refusal }: Refusal,
  commands: readonly Planned[],
  settable: Settable,
): Refusal => {
  const { command } = details;
  const index = isFields(command) ? command.index : undefined;
  const planned = typeof index === 'number' ? commands[index] : undefined;
  return {
    ...inWordsOfResource(refusal, planned, settable),
    ...(planned && {
      details: { ...details, command: { ...(command as Fields), fields: planned.fields } },
    }),
    ...(!planned && Object.keys(details).length > 0 && { details }),
  };
};

/** All that is wrong with a request, and that nothing was done. */
const refusedOf = (refusal: Refusal, commands: readonly Planned[], settable: Settable): Refusal => {
  const others = (refusal.details?.others ?? []) as readonly Refusal[];
  const [first, ...rest] = [refusal, ...others].map((one) => refusedOne(one, commands, settable));
  return nothingChanged(withoutRepeats(allOf([first!, ...rest])));
};

/** A paper that is missing is missing from each command of a request. */
const withoutRepeats = (refusal: Refusal): Refusal => {
  const fields = new Map(refusal.errors?.map((error) => [`${error.field} ${error.rule}`, error]));
  return refusal.errors ? { ...refusal, errors: [...fields.values()] } : refusal;
};

/** What became of a request, and what its commands are, by command id. */
export type Sent = {
  readonly result: Together;
  readonly planned: ReadonlyMap<string, Pick<Planned, 'type' | 'fields'>>;
};

const plannedById = (of: RequestKey, commands: readonly Planned[]): Sent['planned'] => {
  const ids = commandIds(of, commands);
  return new Map(commands.map((one, at) => [ids[at]!, one]));
};

/** Decide the commands of a request together, and write them at once or not at all. */
export const send = async (
  c: Ctx,
  { runtime }: Http,
  {
    asking: { template, settable },
    keyed,
    commands,
  }: {
    readonly asking: Asking;
    readonly keyed: Keyed | undefined;
    readonly commands: readonly Planned[];
  },
): Promise<Sent | Refusal> => {
  // Before each of them gets an id.
  if (commands.length > TOGETHER_MAX)
    return nothingChanged(
      refuse(
        'MALFORMED_COMMAND',
        `this becomes ${commands.length} commands, ${TOGETHER_MAX} at once are taken: split it`,
      ),
    );
  const inputs = inputsOf(template, commands);
  const { who } = requestContext(c);
  const result = await runtime.dispatchTogether(inputs, 'http', who, {
    skipUnchanged: true,
    keyed,
  });
  if (!isRefusal(result)) return { result, planned: plannedById(template.request, commands) };
  // That all of it is so already is no reason to refuse: whoever asks tells that from others.
  return result.refused === 'NO_CHANGE' ? result : refusedOf(result, commands, settable);
};
