import { stableCommandId } from '../../core/ids.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Together } from '../../runtime/outcome.js';
import { askedOf } from '../asked.js';
import { complete } from '../complete.js';
import type { Ctx, Http } from '../http.js';
import { type Fields, isFields } from './body.js';
import type { Planned } from './planned.js';
import type { Settable } from './settable.js';

/** What all commands of one request have in common. */
export type Template = {
  readonly envelope: Fields;
  /** Their ids follow from it: the same request again is the same commands. */
  readonly key: string;
};

const KEY_MAX = 255;

/** The envelope that headers, query and body give to each command of a request. */
export const templateOf = (
  c: Ctx,
  { runtime: { registry }, clock }: Http,
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
  const found = registry.command(definition, order[0]!)!;
  const body = { ...envelope, data: {} };
  const whole = complete(c, { registry, clock }, { body, path: { found, id }, query });
  if (isRefusal(whole)) return whole;
  const completed = whole.envelope as Fields;
  const { command_id: key } = completed;
  if (typeof key === 'string' && key.length > 0 && key.length <= KEY_MAX)
    return { envelope: completed, key };
  const message = `expected a text of 1 to ${KEY_MAX} characters (Idempotency-Key)`;
  return refuse('MALFORMED_COMMAND', `command_id: ${message}`, {
    errors: [{ field: 'command_id', message, rule: 'FORMAT' }],
  });
};

/** The commands of a plan as they are dispatched. Only the first may expect a version. */
const inputsOf = (c: Ctx, { envelope, key }: Template, commands: readonly Planned[]): Fields[] => {
  const { expected_version, ...rest } = envelope;
  const actor = askedOf(c).who?.actor ?? String(envelope.actor);
  return commands.map(({ type, data, member }, index) => ({
    ...rest,
    ...(index === 0 && expected_version !== undefined && { expected_version }),
    command_id: stableCommandId('http', actor, c.req.method, key, type, member),
    command_type: type,
    data,
  }));
};

/** Where a refusal speaks of a field of a command, the field of the resource. */
const inWordsOfResource = (
  refusal: Refusal,
  planned: Planned | undefined,
  { definition }: Settable,
): Refusal => {
  const sets = Object.entries((planned && definition.commands[planned.type]?.sets) ?? {});
  const own = new Map<string, string>(
    sets.flatMap(([field, how]) =>
      Object.values(how === 'clear' ? {} : how).map((name) => [`data.${name}`, field] as const),
    ),
  );
  const errors = refusal.errors?.map((error) => ({
    ...error,
    field: own.get(error.field) ?? error.field.replace(/^data\./, ''),
  }));
  return { ...refusal, ...(errors && { errors }) };
};

/** The refusal of one of several commands: which fields it was for, and that nothing was done. */
const refusedOf = (refusal: Refusal, commands: readonly Planned[], settable: Settable): Refusal => {
  const command = refusal.details?.command;
  const index = isFields(command) ? command.index : undefined;
  const planned = typeof index === 'number' ? commands[index] : undefined;
  const told = inWordsOfResource(refusal, planned, settable);
  return {
    ...told,
    message: `${refusal.message} (nothing was changed)`,
    ...(planned && {
      details: {
        ...refusal.details,
        command: { ...(command as Fields), fields: planned.fields },
      },
    }),
  };
};

/** What was sent, by command id, and what became of it. */
export type Sent = {
  readonly result: Together;
  readonly planned: ReadonlyMap<string, Planned>;
};

/** Decide the commands of a request together, and write them at once or not at all. */
export const send = async (
  c: Ctx,
  { runtime }: Http,
  {
    template,
    commands,
    settable,
  }: {
    readonly template: Template;
    readonly commands: readonly Planned[];
    readonly settable: Settable;
  },
): Promise<Sent | Refusal> => {
  const inputs = inputsOf(c, template, commands);
  const { who } = askedOf(c);
  const result = await runtime.dispatchTogether(inputs, 'http', who, { skipUnchanged: true });
  if (!isRefusal(result))
    return {
      result,
      planned: new Map(inputs.map(({ command_id }, at) => [String(command_id), commands[at]!])),
    };
  // That all of it is so already is no reason to refuse: whoever asks tells that from others.
  return result.refused === 'NO_CHANGE' ? result : refusedOf(result, commands, settable);
};
