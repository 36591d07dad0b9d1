import { z } from 'zod';
import type { Deciding } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { refuseFull } from '../../src/core/list-field.js';
import { command } from '../../src/core/message.js';
import { refuse } from '../../src/core/refusal.js';
import { Environment, NoReason, Reason } from '../shared.js';
import type { boundaries } from './boundaries.js';
import { refuseRetired } from './lifecycle.js';

type Deployment = { readonly server_id: string; readonly environment: Environment };
/** What is looked at to know where it runs. */
type Running = { readonly name: string; readonly deployments: readonly Deployment[] };

export const deploymentCommands = {
  AssignToServer: command({
    summary: 'Deploy it on a server; without an environment, in that of the server.',
    data: z.object({
      server_id: AggregateId,
      environment: Environment.nullable().default(null),
    }),
    emits: ['DeployedToServer'],
    roles: ['platform_ops', 'importer'],
    aliases: ['DeployToServer', 'Deploy'],
    references: {
      server: {
        of: 'Server',
        by: 'server_id',
        view: z.object({ environment: Environment }),
      },
    },
  }),
  RemoveFromServer: command({
    summary: 'Record that it does not run on a server any more.',
    data: z.object({ server_id: AggregateId, environment: Environment, reason: NoReason }),
    emits: ['UndeployedFromServer'],
    roles: ['platform_ops', 'importer'],
    aliases: ['UndeployFromServer', 'Undeploy'],
  }),
};

export const deploymentEvents = {
  DeployedToServer: z.object({
    server_id: AggregateId,
    environment: Environment,
    previous_server_ids: z.array(AggregateId),
  }),
  UndeployedFromServer: z.object({
    server_id: AggregateId,
    environment: Environment,
    remaining_server_ids: z.array(AggregateId),
    reason: Reason.nullable(),
  }),
};

export const evolveDeployments = {
  DeployedToServer: ({ deployments }: Running, { server_id, environment }: Deployment) => ({
    deployments: [...deployments, { server_id, environment }],
  }),
  UndeployedFromServer: ({ deployments }: Running, { server_id, environment }: Deployment) => ({
    deployments: deployments.filter(
      (one) => one.server_id !== server_id || one.environment !== environment,
    ),
  }),
};

const serverIds = (deployments: readonly Deployment[]): string[] => [
  ...new Set(deployments.map(({ server_id }) => server_id)),
];

export const decideDeployments = {
  AssignToServer: (self, asked, { source, references }) => {
    const { name, deployments } = self.data;
    const { server_id } = asked;
    const server = references.server!;
    const environment = asked.environment ?? server.data.environment;
    const retired = refuseRetired(
      self,
      { source },
      { to: 'be deployed', instead: 'RemoveFromServer' },
    );
    if (retired) return retired;
    if (deployments.some((one) => one.server_id === server_id && one.environment === environment))
      return refuse('NO_CHANGE', `"${name}" is deployed on ${server_id} (${environment}) already`);
    if (server.status === 'decommissioned')
      return refuse('REFERENCE_RETIRED', `Server ${server_id} was decommissioned`, {
        details: { field: 'server_id', id: server_id },
      });
    if (server.data.environment !== environment)
      return refuse(
        'ENVIRONMENT_MISMATCH',
        `Server ${server_id} is a "${server.data.environment}" server, not a "${environment}" one`,
        { details: { server_id, expected: server.data.environment, given: environment } },
      );
    const now = deployments.length;
    const full = refuseFull('deployments of an application', { now });
    if (full) return full;
    const previous_server_ids = serverIds(deployments);
    return [{ type: 'DeployedToServer', data: { server_id, environment, previous_server_ids } }];
  },
  RemoveFromServer: ({ data: { name, deployments } }, { server_id, environment, reason }) => {
    const remaining = deployments.filter(
      (one) => one.server_id !== server_id || one.environment !== environment,
    );
    if (remaining.length === deployments.length)
      return refuse('NO_CHANGE', `"${name}" is not deployed on ${server_id} (${environment})`);
    const remaining_server_ids = serverIds(remaining);
    const undeployed = { server_id, environment, remaining_server_ids, reason };
    return [{ type: 'UndeployedFromServer', data: undeployed }];
  },
} satisfies Deciding<
  Running,
  typeof deploymentCommands,
  typeof deploymentEvents,
  typeof boundaries
>;
