import type { Aggregate } from '../../core/aggregate.js';
import { creates, unknownCommand } from '../../core/command.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import type { Accepted } from '../../write/runtime/outcome.js';
import { answerAccepted, problem } from './answer.js';
import { complete, type Enveloped, type Path } from './complete.js';
import { describeAnyCommand, describeCommands } from './describe-commands.js';
import type { Ctx, Http } from './http.js';
import { isDryRun } from './is-dry-run.js';
import type { Plural } from './plurals.js';
import { noSuch } from './query.js';
import { deniedUnread, readJson } from './read-json.js';
import { requestContext } from './request-context.js';
import type { Route } from './route.js';

type Place = { readonly definition: Aggregate; readonly id?: string; readonly command: string };

/** `update-application` → `UpdateApplication`. */
const pascal = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());

/** Every command that there is: whoever may send none of them is told so at once. */
const allCommands = ({ definitions }: Registry) =>
  definitions.flatMap(({ commands }) =>
    Object.entries(commands).map(([type, spec]) => ({ type, spec })),
  );

const envelopeOf = async (
  c: Ctx,
  http: Http,
  place: Place | undefined,
): Promise<Enveloped | Refusal> => {
  const { registry } = http.runtime;
  let path: Path | undefined;
  if (place) {
    const found = registry.command(place.definition, place.command);
    if (!found) return unknownCommand(registry, place.definition, pascal(place.command));
    const nobody = place.id !== undefined && noSuch(place.definition, place.id);
    if (nobody && !creates(place.definition, found.spec)) return nobody;
    path = { found, id: place.id };
  }
  const denied = http.runtime.mayNone(
    requestContext(c).who,
    path ? [path.found] : allCommands(registry),
  );
  if (denied) return deniedUnread(c, denied);
  const body = await readJson(c, http.limits.bodyMax);
  return isRefusal(body) ? body : complete(c, http, { body: body.json, path });
};

/** Keep a refusal that the runtime never saw. */
const journal = (
  c: Ctx,
  { runtime, addressOf }: Http,
  {
    refusal,
    place,
    begun,
  }: { readonly refusal: Refusal; readonly place: Place | undefined; readonly begun: number },
): void => {
  const { who } = requestContext(c);
  const about = place && {
    aggregate_type: place.definition.name,
    command_type: pascal(place.command),
    aggregate_id: place.id,
    actor: c.req.header('x-actor'),
  };
  const metadata = { ip_address: addressOf(c) };
  runtime.refused(refusal, 'http', { ...about, metadata, dry_run: isDryRun(c), begun }, who);
};

/** Who asks is the one thing that no default can say. */
export const hinted = (refusal: Refusal): Refusal =>
  refusal.refused === 'MALFORMED_COMMAND' && refusal.errors?.some(({ field }) => field === 'actor')
    ? {
        ...refusal,
        message: `${refusal.message} (say who is asking: the X-Actor header, or "actor" in the envelope)`,
      }
    : refusal;

const accepted = (c: Ctx, { runtime, projections }: Http, result: Accepted): Response => {
  if (result.dry_run) return answerAccepted(c, 200, result);
  const etag = `"${result.aggregate_version}"`;
  if (result.replayed || result.events[0]?.aggregate_version !== 1)
    return answerAccepted(c, 200, result, { etag });
  const { plural, name } = runtime.registry.aggregate(result.aggregate_type)!;
  const shown = projections?.definitions.some(({ resource }) => resource === name);
  const location = `/${plural}/${result.aggregate_id}${shown ? '' : '/events'}`;
  return answerAccepted(c, 201, result, { etag, location });
};

const take = async (c: Ctx, http: Http, place?: Place): Promise<Response> => {
  const begun = performance.now();
  const envelope = await envelopeOf(c, http, place);
  if (isRefusal(envelope)) {
    journal(c, http, { refusal: envelope, place, begun });
    return problem(c, envelope);
  }
  const result = await http.runtime.dispatch(envelope.envelope, 'http', requestContext(c).who);
  if (isRefusal(result)) return problem(c, place ? hinted(result) : result);
  return accepted(c, http, result);
};

const ROUTE = { method: 'POST', needs: 'known', takesDryRun: true } as const;

/** `POST /commands`: any command, the whole envelope. */
export const anyCommandRoute = (definitions: readonly Aggregate[]): Route => ({
  ...ROUTE,
  path: '/commands',
  describe: () => [describeAnyCommand(definitions)],
  handler: (c, http) => take(c, http),
});

/** A route for the commands of one aggregate, and one for those that begin one. */
export const commandRoutes = ({ plural, definition }: Plural): readonly Route[] => [
  {
    ...ROUTE,
    path: `/${plural}/:id/commands/:command`,
    describe: () => describeCommands(definition),
    handler: (c, http) => {
      const [id, command] = [c.req.param('id')!, c.req.param('command')!];
      return take(c, http, { definition, id, command });
    },
  },
  {
    ...ROUTE,
    path: `/${plural}/commands/:command`,
    // With those above: each command says both of its paths.
    describe: () => [],
    handler: (c, http) => take(c, http, { definition, command: c.req.param('command')! }),
  },
];
