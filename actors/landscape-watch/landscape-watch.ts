import { defineWatch, type Facts, type Finding } from '../../src/core/watch.js';
import { integrationEnds } from '../integration-ends.js';
import { relationEnds } from '../relation-ends.js';
import { Classification } from '../shared.js';
import {
  applications,
  capabilities,
  dataEntities,
  items,
  organizations,
  servers,
} from './facts.js';

const boundaries = {
  // What refers to others before what it refers to: what is read later is at least as new.
  relations: relationEnds,
  integrations: integrationEnds,
  applications,
  dataEntities,
  servers,
  capabilities,
  organizations,
  items,
};
type All = Facts<typeof boundaries>;

const TITLE_MAX = 255;
const titled = (finding: Finding & { readonly title: string }): Finding => ({
  ...finding,
  title:
    finding.title.length > TITLE_MAX ? `${finding.title.slice(0, TITLE_MAX - 1)}…` : finding.title,
});

/** Something names what is not there any more: it was deleted while the reference was made. */
const dangling = (
  [about_type, about_id, name]: readonly [type: string, id: string, name: string],
  field: string,
  missing: string,
): Finding =>
  titled({
    kind: 'dangling_reference',
    about_type,
    about_id,
    about_key: `${field}=${missing}`,
    title: `${name}: ${field} names ${missing}, which is not there`,
    details: `Remove the reference, or name something else in ${field}.`,
  });

/** Whether there is such an end of a relation. Parts of applications are there with them. */
const thereIs = (facts: All): ((type: string, id: string) => boolean) => {
  const services = new Set<string>();
  const interfaces = new Set<string>();
  for (const app of facts.applications.values()) {
    for (const id of Object.keys(app.services)) services.add(id);
    for (const id of app.interfaces) interfaces.add(id);
  }
  const kinds: Readonly<Record<string, { has(id: string): boolean }>> = {
    application: facts.applications,
    application_service: services,
    application_interface: interfaces,
    server: facts.servers,
    data_entity: facts.dataEntities,
    business_capability: facts.capabilities,
    integration: facts.integrations,
    organization: facts.organizations,
  };
  return (type, id) => kinds[type]?.has(id) ?? true;
};

function* danglingRelations(facts: All): Generator<Finding> {
  const there = thereIs(facts);
  for (const [id, one] of facts.relations) {
    const about = ['Relation', id, `Relation "${one.relation_type}"`] as const;
    if (!there(one.source_type, one.source_id)) yield dangling(about, 'source_id', one.source_id);
    if (!there(one.target_type, one.target_id)) yield dangling(about, 'target_id', one.target_id);
  }
  for (const [id, one] of facts.integrations)
    for (const field of ['source_app_id', 'target_app_id'] as const)
      if (!facts.applications.has(one[field]))
        yield dangling(['Integration', id, 'Integration'], field, one[field]);
}

function* ofApplications({ applications: apps, capabilities, servers }: All): Generator<Finding> {
  for (const [id, { name, capability_id, deployments, services }] of apps) {
    const about = ['Application', id, name] as const;
    if (capability_id !== null && !capabilities.has(capability_id))
      yield dangling(about, 'capability_id', capability_id);
    for (const service of Object.values(services)) {
      if (service.capability_id !== null && !capabilities.has(service.capability_id))
        yield dangling(about, 'services.capability_id', service.capability_id);
      for (const consumer of service.consumers)
        if (!apps.has(consumer)) yield dangling(about, 'services.consumer_app_id', consumer);
    }
    for (const { server_id, environment } of deployments) {
      const server = servers.get(server_id);
      if (!server) yield dangling(about, 'server_id', server_id);
      else if (server.environment !== environment)
        yield titled({
          kind: 'environment_mismatch',
          about_type: 'Application',
          about_id: id,
          about_key: `${server_id}/${environment}`,
          title: `${name}: deployed as "${environment}" on ${server.name}, which is "${server.environment}"`,
          details: 'RemoveFromServer for the old environment, AssignToServer for the new one.',
        });
    }
  }
}

const rank = (one: Classification): number => Classification.options.indexOf(one);

/** An application handles data that may not go as far as the application does. */
function* gaps({ relations, applications: apps, dataEntities }: All): Generator<Finding> {
  for (const {
    source_type,
    source_id,
    target_type,
    target_id,
    relation_type,
  } of relations.values()) {
    if (source_type !== 'application' || target_type !== 'data_entity') continue;
    const [app, data] = [apps.get(source_id), dataEntities.get(target_id)];
    if (!app || !data || rank(app.classification) >= rank(data.classification)) continue;
    yield titled({
      kind: 'classification_gap',
      about_type: 'Application',
      about_id: source_id,
      about_key: target_id,
      title: `${app.name} is ${app.classification} but ${relation_type} ${data.name}, which is ${data.classification}`,
      details: `SetDataClassification of the application to ${data.classification} or above, or remove the relation.`,
    });
  }
}

/** What holds over several aggregates, looked after once the commands have been accepted. */
export const landscapeWatch = defineWatch({
  name: 'landscape',
  summary:
    'References to what was deleted, deployments in the wrong environment, classification gaps.',
  boundaries,
  findings: (facts) => [...danglingRelations(facts), ...ofApplications(facts), ...gaps(facts)],
  items: {
    of: 'WorkItem',
    open: 'OpenWorkItem',
    resolve: 'ResolveWorkItem',
    resolution: { reason: 'It is no longer so.' },
    known: (facts) => [...facts.items].map(([id, state]) => ({ id, state })),
  },
});
