import { creates } from '../../core/command.js';
import { kebab } from '../../core/ids.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { problem } from './answer.js';
import { closeRoutesOf } from './close-routes-of.js';
import type { Plural } from './plurals.js';
import { type Handle, type Route, templateOf } from './route.js';

type Known = { readonly method: string; readonly segments: readonly string[] };

const matches = (known: readonly string[], asked: readonly string[]): boolean =>
  known.length === asked.length &&
  known.every((one, index) => (one.startsWith(':') ? asked[index] !== '' : one === asked[index]));

const methodsOf = (routes: readonly Known[], path: string): string[] => {
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

/** Whatever no route takes: 405 where only the method is wrong, else 404 with what is close. */
export const answerUnknown = (routes: readonly Route[], plurals: readonly Plural[]): Handle => {
  const byPlural = new Map(plurals.map((one) => [one.plural, one]));
  const known = routes.map(({ method, path }): Known => ({ method, segments: path.split('/') }));
  const close = closeRoutesOf(routes.map(({ path }) => path));
  return (c) => {
    const { method, path } = c.req;
    const allowed = methodsOf(known, path);
    const allow = { allow: allowed.join(', ') };
    const [, first = '', ...rest] = path.split('/');
    const one = byPlural.get(first);
    const reads = method === 'GET' || method === 'HEAD';
    if (one && !reads && rest.length < 2 && rest[0] !== '')
      return problem(c, byCommandOnly(one, method, rest.length === 1), allow);
    if (allowed.length > 0)
      return problem(c, notAllowed(`${method} is not possible here; ${allow.allow} is`), allow);
    const like = close(path).map(templateOf);
    return problem(
      c,
      refuse('ROUTE_NOT_FOUND', `there is no such path; close to it: ${like.join(', ')}`, {
        details: { routes: like },
      }),
    );
  };
};
