import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Server } from '../../actors/server/server.js';
import { Criticality, Environment, Lifecycle } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection, report } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { contributed, sortedOnce } from '../contributions.js';
import { lifecycleOf } from '../lifecycle.js';

const Deployed = z.object({
  application_id: z.string(),
  name: z.string(),
  owner: z.string(),
  lifecycle: Lifecycle,
  environment: Environment,
});
type Deployed = z.output<typeof Deployed>;

const Perhaps = z.string().nullable().default(null);

const view = z.object({
  ...stampFields,
  hostname: z.string().default(''),
  environment: Environment.nullable().default(null),
  region: Perhaps,
  platform: Perhaps,
  criticality: Criticality.nullable().default(null),
  owning_team: Perhaps,
  tags: z.array(z.string()).default([]),
  status: z.enum(['absent', 'in_service', 'decommissioned', 'deleted']).default('absent'),
  // Applications may name a server before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
  deployments: z.array(Deployed).default([]),
  application_ids: z.array(z.string()).default([]),
  deployment_count: z.number().default(0),
  orphan: z.boolean().default(false),
  mismatched: z.boolean().default(false),
});
type ServerView = z.output<typeof view>;
type ApplicationEvent = AnyEventOf<typeof Application>;
type ServerEvent = AnyEventOf<typeof Server>;

/**
 * What follows from both: a server in service on which nothing runs, and one that is in another
 * environment than something that is deployed on it.
 */
const judged = (document: ServerView): ServerView => ({
  ...document,
  orphan: document.status === 'in_service' && document.deployments.length === 0,
  mismatched:
    !document.deleted &&
    document.deployments.some(({ environment }) => environment !== document.environment),
});

const deployed = ({ aggregate_id, after }: ApplicationEvent, key: string): readonly Deployed[] => {
  const lifecycle = lifecycleOf(after.status);
  if (lifecycle === null) return [];
  const { name, owner, deployments } = after.data;
  return deployments
    .filter(({ server_id }) => server_id === key)
    .map(({ environment }) => ({
      application_id: aggregate_id,
      name,
      owner,
      lifecycle,
      environment,
    }));
};

const withApplication = (
  before: ServerView,
  event: ApplicationEvent,
  key: string,
): ServerView | null => {
  const own = deployed(event, key);
  const deployments = contributed(before.deployments, event.aggregate_id, own);
  if (deployments === before.deployments) return before;
  if (deployments.length === 0 && before.status === 'absent') return null;
  return judged({
    ...before,
    id: key,
    deployments,
    application_ids: sortedOnce(deployments.map(({ application_id }) => application_id)),
    deployment_count: deployments.length,
  });
};

const withServer = (before: ServerView, event: ServerEvent): ServerView => {
  const { status, data } = event.after;
  return judged({
    ...before,
    ...stamped(before, event),
    ...data,
    status: view.shape.status.parse(status),
    deleted: status === 'deleted',
  });
};

type EnvironmentParams = Readonly<Record<string, never>>;

/** Per environment: the servers there are, and what runs there. */
function* environments(documents: readonly ServerView[], _: EnvironmentParams) {
  const told = [];
  for (const environment of Environment.options) {
    yield;
    const servers = documents.filter((one) => !one.deleted && one.environment === environment);
    const inService = servers.filter(({ status }) => status === 'in_service');
    const applications = new Set<string>();
    let deployments = 0;
    for (const server of documents) {
      yield;
      for (const one of server.deployments)
        if (one.environment === environment) {
          deployments++;
          applications.add(one.application_id);
        }
    }
    told.push({
      environment,
      servers: inService.length,
      decommissioned: servers.length - inService.length,
      orphans: servers.filter(({ orphan }) => orphan).length,
      deployments,
      applications: applications.size,
    });
  }
  return { environments: told };
}

/** Every server, and the applications that run on it. */
export const serverDeployments = defineProjection({
  name: 'server-deployments',
  summary: 'Every server with its environment and the applications that run on it.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['hostname', 'environment', 'region', 'platform', 'criticality', 'owning_team'] as const),
    ...(['tags', 'status', 'deleted', 'application_ids', 'deployment_count', 'orphan'] as const),
    'mismatched',
  ],
  search: ['hostname', 'region', 'platform', 'owning_team'],
  sort: 'hostname',
  from: [Server, Application],
  withState: true,
  resource: 'Server',
  deleted: 'deleted',
  documentIds: {
    Application: ({ before, after }) =>
      [...before.data.deployments, ...after.data.deployments].map(({ server_id }) => server_id),
  },
  on: { Server: { '*': withServer }, Application: { '*': withApplication } },
  reports: {
    environments: report({
      summary: 'Per environment: servers, orphans, deployments and applications.',
      params: z.object({}),
      answer: environments,
    }),
  },
});
