import { answer, headersFor } from './answer.js';
import { CONSOLE_PATH } from './console.js';
import { type ConsoleFiles, INDEX } from './console-files.js';
import type { Http } from './http.js';
import type { Plural } from './plurals.js';
import { prefersPage } from './prefers-page.js';
import type { Routes } from './route-list.js';
import { SESSION_PATH } from './session-cookie.js';

const OPEN =
  'There is no authorization here: the actor is whoever the envelope or the X-Actor header says. Do not expose this to a network that you do not trust.';
const GUARDED =
  'Send an API key as X-Api-Key, or a token as Authorization: Bearer. `stele key create` makes a key.';

const VARY = { vary: 'Accept, Accept-Encoding' };

/** `GET /`: what there is and where, for programs; browsers are shown the console. */
export const frontPage = (
  app: Routes,
  { info, runtime, projections, access, files }: Http & { readonly files: ConsoleFiles },
  plurals: readonly Plural[],
): void => {
  const aggregates = runtime.registry.definitions.map((definition) => ({
    aggregate_type: definition.name,
    summary: definition.summary,
    paths: plurals.filter((one) => one.definition === definition).map(({ plural }) => `/${plural}`),
  }));
  const page = {
    name: info.name,
    version: info.version,
    note: access ? GUARDED : OPEN,
    links: {
      ...(projections && {
        resources: '/{plural}',
        resource: '/{plural}/{id}',
        views: '/views',
        view: '/views/{name}',
        report: '/views/{name}/{report}',
        difference: '/views/{name}/diff',
        projections: '/projections',
      }),
      console: CONSOLE_PATH,
      session: SESSION_PATH,
      commands: '/commands',
      command: '/{plural}/{id}/commands/{command}',
      creating_command: '/{plural}/commands/{command}',
      commands_possible: '/{plural}/{id}/commands',
      events: '/{plural}/{id}/events',
      event_stream: '/events/stream',
      alerts: '/alerts',
      actors: '/actors',
      streams: '/streams',
      buckets: '/buckets',
      nodes: '/cluster/nodes',
      doctor: '/doctor',
      catalogue: '/catalogue',
      machines: '/machines',
      schemas: '/schemas',
      reference: '/docs',
      openapi: '/openapi.json',
      asyncapi: '/asyncapi.json',
      health: '/healthz',
      ready: '/readyz',
      metrics: '/metrics',
    },
    aggregates,
    ...(projections && {
      views: projections.definitions.map(({ name, summary }) => ({
        name,
        summary,
        href: `/views/${name}`,
      })),
    }),
  };
  app.get('/', (c) => {
    if (!prefersPage(c.req.header('accept')) || !files.find(INDEX))
      return answer(c, 200, page, VARY);
    const { 'content-type': _, ...headers } = headersFor(c, '');
    const location = CONSOLE_PATH;
    return new Response(null, { status: 302, headers: { ...headers, ...VARY, location } });
  });
};
