import { z } from 'zod';
import { answerSchema, headers, json } from '../openapi/index.js';
import { answer, headersFor } from './answer.js';
import { INDEX } from './console-files.js';
import { CONSOLE_PATH } from './console-routes.js';
import { oncePerNode } from './once-per-node.js';
import { pluralsOf } from './plurals.js';
import { prefersPage } from './prefers-page.js';
import type { Route } from './route.js';
import { SESSION_PATH } from './session-cookie.js';

const OPEN =
  'There is no authorization here: the actor is whoever the envelope or the X-Actor header says. Do not expose this to a network that you do not trust.';
const GUARDED =
  'Send an API key as X-Api-Key, or a token as Authorization: Bearer. `stele key create` makes a key.';

const VARY = { vary: 'Accept, Accept-Encoding' };

/** What there is and where. */
const pageOf = oncePerNode(({ info, runtime, projections, access }) => {
  const plurals = pluralsOf(runtime.registry);
  const aggregates = runtime.registry.definitions.map((definition) => ({
    aggregate_type: definition.name,
    summary: definition.summary,
    paths: plurals.filter((one) => one.definition === definition).map(({ plural }) => `/${plural}`),
  }));
  return {
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
});

const FrontPage = z.looseObject({
  name: z.string(),
  version: z.string(),
  note: z.string(),
  links: z.record(z.string(), z.string()),
  aggregates: z.array(
    z.object({ aggregate_type: z.string(), summary: z.string(), paths: z.array(z.string()) }),
  ),
});

/** `GET /`: what there is and where, for programs; browsers are shown the console. */
export const frontPageRoute: Route = {
  method: 'GET',
  path: '/',
  needs: 'open',
  id: 'node.index',
  tag: 'Node',
  summary: 'What there is and where; whoever would rather have a page is sent to the console.',
  answers: {
    200: json('The front page.', answerSchema('FrontPage', FrontPage)),
    302: { description: 'The console.', headers: headers('Location') },
  },
  refusals: { name: 'node', codes: [] },
  handler: (c, http) => {
    if (!prefersPage(c.req.header('accept')) || !http.files.find(INDEX))
      return answer(c, 200, pageOf(http), VARY);
    const { 'content-type': _, ...rest } = headersFor(c, '');
    const location = CONSOLE_PATH;
    return new Response(null, { status: 302, headers: { ...rest, ...VARY, location } });
  },
};
