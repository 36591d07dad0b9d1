import { refuse } from '../../src/core/refusal.js';
import type { applicationCommands } from './application-commands.js';
import type { Deciding } from './deciding.js';
import { refuseRetired } from './rules.js';
import type { ApplicationData } from './schemas.js';

const serverIds = (deployments: ApplicationData['deployments']): string[] => [
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
} satisfies Deciding<Pick<typeof applicationCommands, 'AssignToServer' | 'RemoveFromServer'>>;
