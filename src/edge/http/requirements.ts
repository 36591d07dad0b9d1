import type { Permission } from '../../core/access.js';
import { formOf } from './forms.js';
import type { Ctx, Http } from './http.js';
import { parametersOf } from './list.js';
import type { Plural } from './plurals.js';
import type { Requirement } from './route.js';

/** What asks about another moment than now; of one aggregate also a version. */
const MOMENTS = ['as_of', 'effective_at', 'at'];
/** What tells of the past by itself: differences, who changed what, where it stood when. */
const PAST = /\/(diff|history|statuses)$/;

const asks = (c: Ctx, names: readonly string[]): boolean => {
  if (!c.req.url.includes('?')) return false;
  const params = parametersOf(c);
  return names.some((name) => params.has(name) || c.req.query(name) !== undefined);
};

const pastOf = (c: Ctx, route: string, names: readonly string[]): readonly Permission[] =>
  PAST.test(route) || asks(c, names) ? ['time_travel'] : [];

/** The whole list at once, as a file, is more than to read in it. */
const exportOf = (c: Ctx): readonly Permission[] => {
  const form = formOf(c.req.query('format'), c.req.header('accept'));
  return form === undefined || form === 'json' ? [] : ['export'];
};

/** Views and reports: whatever their projection asks for. */
export const viewsNeed = ({ projections }: Pick<Http, 'projections'>): Requirement => {
  const definitions = projections?.definitions ?? [];
  return (c, route) => {
    const name = c.req.param('name');
    const found = definitions.find((one) =>
      name === undefined
        ? [`/${one.path}`, `/${one.path}/:key`].includes(route)
        : one.name === name,
    );
    const isList = route === '/views/:name' || route === `/${found?.path}`;
    const all = isList ? exportOf(c) : [];
    return [found?.permission ?? 'read', ...pastOf(c, route, MOMENTS), ...all];
  };
};

/**
 * Resources: to read one, what its projection asks for. What writes one becomes commands, and
 * about those the runtime decides; but to compare with what is there is to read it.
 */
export const resourcesNeed = (
  { projections }: Pick<Http, 'projections'>,
  plurals: readonly Plural[],
): Requirement => {
  const permissions = new Map(
    plurals.map(({ plural, definition }) => [
      plural,
      projections?.definitions.find(({ resource }) => resource === definition.name)?.permission,
    ]),
  );
  return (c, route) => {
    if (c.req.method === 'POST' || c.req.method === 'DELETE') return [];
    const [, plural = '', id] = route.split('/');
    const names = id === undefined ? MOMENTS : [...MOMENTS, 'version'];
    const all = id === undefined ? exportOf(c) : [];
    return [permissions.get(plural) ?? 'read', ...pastOf(c, route, names), ...all];
  };
};
