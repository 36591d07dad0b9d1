import { creates } from '../../core/command.js';
import { kebab } from '../../core/ids.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { problem } from './answer.js';
import { closeRoutesOf } from './close-routes.js';
import type { App } from './http.js';
import type { Plural } from './plurals.js';

type Route = { readonly method: string; readonly segments: readonly string[] };

const matches = (known: readonly string[], asked: readonly string[]): boolean =>
  known.length === asked.length &&
  known.every((one, index) => (one.startsWith(':') ? asked[index] !== '' : one === asked[index]));

const template = (pattern: string): string => pattern.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');

const methodsOf = (routes: readonly Route[], path: string): string[] => {
  const asked = path.split('/');
  const methods = new Set(
    routes.filter((one) => matches(one.segments, asked)).map(({ method }) => method),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods];
};

const notAllowed = (message: string, commands: readonly string[] = []): Refusal =>
  refuse('METHOD_NOT_ALLOWED', message, commands.length > 0 ? { details: { commands } } : {});

/** Writing to a resource itself: say which commands there are instead. */
const byCommandOnly = (
  { plural, definition }: Plural,
  method: string,
  withId: boolean,
): Refusal => {
  const names = Object.entries(definition.commands)
    .filter(([, spec]) => withId || creates(definition, spec))
    .map(([type]) => kebab(type));
  const path = withId ? `/${plural}/{id}/commands/{command}` : `/${plural}/commands/{command}`;
  return notAllowed(
    `${definition.name} changes by commands, not by ${method}: POST ${path} with one of ${names.join(', ')}`,
    names,
  );
};

/** What there is to ask for. Looked at anew when there are more, so that what others add counts. */
const knownOf = (app: App) => {
  const look = () => {
    const found = app.routes.filter((route) => route.method !== 'ALL');
    return {
      count: app.routes.length,
      routes: found.map(({ method, path }): Route => ({ method, segments: path.split('/') })),
      close: closeRoutesOf(found.map(({ path }) => path)),
    };
  };
  let known: ReturnType<typeof look> | undefined;
  return () => {
    if (known?.count !== app.routes.length) known = look();
    return known;
  };
};

/** Whatever no route takes: 405 where only the method is wrong, else 404 with what is close. */
export const unknownRoutes = (app: App, plurals: readonly Plural[]): void => {
  const byPlural = new Map(plurals.map((one) => [one.plural, one]));
  const known = knownOf(app);
  app.notFound((c) => {
    const { method, path } = c.req;
    const { routes, close } = known();
    const allowed = methodsOf(routes, path);
    const allow = { allow: allowed.join(', ') };
    const [, first = '', ...rest] = path.split('/');
    const one = byPlural.get(first);
    const reads = method === 'GET' || method === 'HEAD';
    if (one && !reads && rest.length < 2 && rest[0] !== '')
      return problem(c, byCommandOnly(one, method, rest.length === 1), allow);
    if (allowed.length > 0)
      return problem(c, notAllowed(`${method} is not possible here; ${allow.allow} is`), allow);
    const like = close(path).map(template);
    return problem(
      c,
      refuse('ROUTE_NOT_FOUND', `there is no such path; close to it: ${like.join(', ')}`, {
        details: { routes: like },
      }),
    );
  });
};
