import { isRefusal, type Refusal } from '../../../core/refusal.js';
import type { Keyed } from '../../../write/runtime/first-answer.js';
import type { Together } from '../../../write/runtime/outcome.js';
import type { Ctx, Http } from '../http.js';
import { requestContext } from '../request-context.js';
import type { Asking } from './asking.js';
import { commandIds } from './command-ids.js';
import type { Meant } from './meant.js';
import type { Sent } from './sending.js';
import { isTo, type Rule } from './settable.js';

type Repeated = {
  readonly asking: Asking;
  readonly keyed: Keyed;
  readonly meant: Meant;
  /** The first answer, from the log. */
  readonly first: Together;
};

/**
 * A first answer with the names of its commands and of the fields that they set. Both follow from
 * the body; where a command might have set one field of several, from what was there before, too.
 */
export const again = async (
  c: Ctx,
  { runtime }: Pick<Http, 'runtime'>,
  { asking, keyed, meant, first }: Repeated,
): Promise<Sent | Refusal> => {
  const { settable, template, plannedOn } = asking;
  const { definition, creating, rules } = settable;
  const asked = (type: string): readonly Rule[] =>
    [...rules.values()].flat().filter((rule) => rule.type === type && meant.fields.has(rule.field));
  const fieldsOf = (type: string): readonly string[] =>
    type === creating?.type ? [...meant.creating.keys()] : asked(type).map(({ field }) => field);
  const planned = new Map(
    first.commands.map(({ command_id }) => {
      const type = keyed.types.get(command_id)!;
      return [command_id, { type, fields: fieldsOf(type) }];
    }),
  );
  const unclear = [...planned.values()].some(({ type }) => asked(type).filter(isTo).length > 1);
  if (unclear) {
    const { aggregate_id, commands } = first;
    const [event] = commands[0]!.events as readonly [{ readonly aggregate_version: number }];
    const version = event.aggregate_version - 1;
    const of = { definition, aggregate_id };
    const before = await runtime.stateAt(of, version, requestContext(c).who);
    if (isRefusal(before)) return before;
    const then = plannedOn(before);
    for (const [at, id] of commandIds(template.request, then).entries())
      if (planned.has(id)) planned.set(id, then[at]!);
  }
  return { result: first, planned };
};
