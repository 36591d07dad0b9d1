import { difference } from './difference.js';
import { history } from './history.js';
import type { Http } from './http.js';
import type { Plural } from './plurals.js';
import type { Routes } from './route-list.js';
import { statuses } from './statuses.js';

/** What one aggregate was: its history, its statuses, and what is different between two moments. */
export const timeRoutes = (app: Routes, http: Http, plurals: readonly Plural[]): void => {
  for (const one of plurals) {
    app.get(`/${one.plural}/:id/history`, (c) => history(c, http, one));
    app.get(`/${one.plural}/:id/statuses`, (c) => statuses(c, http, one));
    app.get(`/${one.plural}/:id/diff`, (c) => difference(c, http, one));
  }
};
