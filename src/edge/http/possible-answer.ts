import type { Aggregate } from '../../core/aggregate.js';
import { presence } from '../../core/chart.js';
import { creates } from '../../core/command.js';
import { commandsPossible } from '../../core/decide.js';
import { kebab } from '../../core/ids.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import type { Plural } from './plurals.js';
import { noSuch } from './query.js';
import { schemaPath } from './schema-routes.js';

const whyNot = (definition: Aggregate, type: string, status: string): string => {
  const kind = presence(definition.chart, status);
  if (kind === 'absent') return 'it does not exist';
  if (kind === 'deleted') return 'it was deleted';
  if (creates(definition, definition.commands[type]!)) return 'it exists already';
  const statuses = Object.keys(definition.chart.states).filter((one) =>
    commandsPossible(definition, one).includes(type),
  );
  return `it is "${status}"; this is possible while it is ${statuses.map((one) => `"${one}"`).join(' or ')}`;
};

/** What can be told to an aggregate now, and why not the rest. */
export const possibleAnswer = async (
  c: Ctx,
  http: Http,
  { plural, definition }: Plural,
): Promise<Response> => {
  const id = c.req.param('id')!;
  const refused = noSuch(definition, id);
  if (refused) return problem(c, refused);
  const { status, version } = await http.runtime.state(definition, id);
  const now = new Set(commandsPossible(definition, status));
  const commands = Object.entries(definition.commands).map(([type, spec]) => ({
    type,
    shown: {
      command_type: type,
      ...(spec.summary !== undefined && { summary: spec.summary }),
      href: `/${plural}/${id}/commands/${kebab(type)}`,
      schema: schemaPath(definition, 'commands', type),
      sensitive: spec.sensitive ?? false,
      approval: spec.approval ?? false,
      roles: spec.roles,
    },
  }));
  return answer(c, 200, {
    aggregate_type: definition.name,
    aggregate_id: id,
    aggregate_version: version,
    status,
    possible: commands.filter(({ type }) => now.has(type)).map(({ shown }) => shown),
    impossible: commands
      .filter(({ type }) => !now.has(type))
      .map(({ type, shown }) => ({ ...shown, why: whyNot(definition, type, status) })),
  });
};
