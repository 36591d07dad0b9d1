import type { Permission } from '../../core/access.js';
import type { Projection } from '../../core/projection.js';
import { formOf } from './forms.js';
import type { Ctx } from './http.js';
import { parametersOf } from './list-answer.js';
import type { Requirement } from './route.js';

/** What asks about another moment than now. */
const MOMENTS = ['as_of', 'effective_at', 'at'];

/** What the documents of a projection ask for, whoever reads them. */
export const permissionOf = (projection: Projection | undefined): Permission =>
  projection?.permission ?? 'read';

const asks = (c: Ctx, names: readonly string[]): boolean => {
  if (!c.req.url.includes('?')) return false;
  const params = parametersOf(c);
  return names.some((name) => params.has(name) || c.req.query(name) !== undefined);
};

/** The whole list at once, as a file, is more than to read in it. */
const asksExport = (c: Ctx): boolean => {
  const form = formOf(c.req.query('format'), c.req.header('accept'));
  return form !== undefined && form !== 'json';
};

/** To read what may also be asked for as it was; of one aggregate also by its version. */
export const toRead =
  (permission: (c: Ctx) => Permission, also: readonly 'version'[] = []): Requirement =>
  (c) => [permission(c), ...(asks(c, [...MOMENTS, ...also]) ? ['time_travel' as const] : [])];

/** To read a list. */
export const toList =
  (permission: (c: Ctx) => Permission): Requirement =>
  (c) => [
    permission(c),
    ...(asks(c, MOMENTS) ? ['time_travel' as const] : []),
    ...(asksExport(c) ? ['export' as const] : []),
  ];

/** To read what tells of the past by itself: differences, who changed what, where it stood when. */
export const toReadPast =
  (permission: (c: Ctx) => Permission): Requirement =>
  (c) => [permission(c), 'time_travel'];
