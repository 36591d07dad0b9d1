import { answer } from './answer.js';
import type { App, Http } from './http.js';
import type { Plural } from './plurals.js';

const NOTE =
  'There is no authorization yet: the actor is whoever the envelope or the X-Actor header says. Do not expose this to a network that you do not trust.';

/** `GET /`: what there is and where. */
export const frontPage = (
  app: App,
  { info, runtime, projections }: Http,
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
    note: NOTE,
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
      commands: '/commands',
      command: '/{plural}/{id}/commands/{command}',
      creating_command: '/{plural}/commands/{command}',
      commands_possible: '/{plural}/{id}/commands',
      events: '/{plural}/{id}/events',
      event_stream: '/events/stream',
      alerts: '/alerts',
      machines: '/machines',
      schemas: '/schemas',
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
  app.get('/', (c) => answer(c, 200, page));
};
