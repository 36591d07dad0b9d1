import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import { type Relations, relatedTo } from '../relation-ends.js';
import type { Dependent } from '../shared.js';

type Deployment = { readonly server_id: string; readonly environment: string };
type Deployed = { readonly name: string; readonly deployments: readonly Deployment[] };

const NOTHING: Deployed = { name: '', deployments: [] };
const others = (all: readonly Deployment[], one: Deployment) =>
  all.filter((it) => it.server_id !== one.server_id || it.environment !== one.environment);

/** Which application runs where, by application. */
export const deployments = defineBoundary<Deployed>()({
  of: 'Application',
  events: {
    ApplicationCreated: z.object({ name: z.string() }),
    ApplicationRenamed: z.object({ new_name: z.string() }),
    DeployedToServer: z.object({ server_id: z.string(), environment: z.string() }),
    UndeployedFromServer: z.object({ server_id: z.string(), environment: z.string() }),
    ApplicationDeleted: z.object({}),
  },
  on: {
    ApplicationCreated: (_, { aggregate_id, data: { name } }) => [
      [aggregate_id, { name, deployments: [] }],
    ],
    ApplicationRenamed: (entries, { aggregate_id, data: { new_name } }) => [
      [aggregate_id, { ...(entries.get(aggregate_id) ?? NOTHING), name: new_name }],
    ],
    DeployedToServer: (entries, { aggregate_id, data }) => {
      const { name, deployments } = entries.get(aggregate_id) ?? NOTHING;
      return [[aggregate_id, { name, deployments: [...others(deployments, data), data] }]];
    },
    UndeployedFromServer: (entries, { aggregate_id, data }) => {
      const { name, deployments } = entries.get(aggregate_id) ?? NOTHING;
      return [[aggregate_id, { name, deployments: others(deployments, data) }]];
    },
    ApplicationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** The applications that run on a server. */
export const runningOn = (server_id: string, entries: Entries<Deployed>): readonly Dependent[] =>
  [...entries].flatMap(([id, { name, deployments }]) =>
    deployments
      .filter((one) => one.server_id === server_id)
      .map(({ environment }) => ({ type: 'Application', id, name, environment })),
  );

type Known = {
  readonly deployments: Entries<Deployed>;
  readonly relations: Relations;
};

/** What would hang in the air without a server: what runs on it, what is related to it. */
export const dependentsOf = (server_id: string, known: Known): readonly Dependent[] => [
  ...runningOn(server_id, known.deployments),
  ...relatedTo(server_id, known.relations),
];
