import type { GivenEvent } from '../../src/testing/index.js';

type Lifecycle = 'planned' | 'active' | 'deprecated' | 'retired';
type Classification = 'public' | 'internal' | 'confidential' | 'restricted';

/** Events of a landscape in tests, with what does not matter filled in. */
export const capability = (id: string, parent_id: string | null = null) =>
  ({
    type: 'BusinessCapability',
    id,
    event: 'CapabilityCreated',
    data: { name: `name of ${id}`, parent_id, description: null },
  }) as const;

export const organization = (id: string, parent_id: string | null = null) =>
  ({
    type: 'Organization',
    id,
    event: 'OrganizationCreated',
    data: { name: `name of ${id}`, parent_id, domains: [], contacts: [] },
  }) as const;

export const server = (id: string, environment: 'dev' | 'staging' | 'prod' = 'prod') =>
  ({
    type: 'Server',
    id,
    event: 'ServerCreated',
    data: { hostname: `${id}.org`, environment, criticality: 'high', region: null, platform: null },
  }) as const;

export const entity = (id: string, classification: Classification = 'internal') =>
  ({
    type: 'DataEntity',
    id,
    event: 'DataEntityCreated',
    data: { name: `name of ${id}`, classification, domain: null, pii_flag: false, owner: null },
  }) as const;

export const application = (
  id: string,
  more: {
    readonly lifecycle?: Lifecycle;
    readonly capability_id?: string;
    readonly data_classification?: Classification;
  } = {},
) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationCreated',
    data: {
      name: `name of ${id}`,
      owner: 'it',
      data_classification: 'internal' as const,
      lifecycle: 'active' as const,
      capability_id: null,
      ...more,
    },
  }) as const;

export const deployed = (id: string, server_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'DeployedToServer',
    data: { server_id, environment: 'prod', previous_server_ids: [] },
  }) as const;

export const offered = (id: string, service_id: string, capability_id: string | null = null) =>
  ({
    type: 'Application',
    id,
    event: 'ServiceOffered',
    data: {
      service_id,
      name: `name of ${service_id}`,
      capability_id,
      sla: null,
      description: null,
    },
  }) as const;

export const consumed = (id: string, service_id: string, consumer_app_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ServiceConsumerAdded',
    data: { service_id, consumer_app_id },
  }) as const;

export const exposed = (id: string, interface_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'InterfaceExposed',
    data: {
      interface_id,
      name: `name of ${interface_id}`,
      protocol: 'rest',
      endpoint: `https://${interface_id}.example`,
      version: '1.0.0',
    },
  }) as const;

export const linked = (id: string, interface_id: string, service_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'InterfaceLinked',
    data: { interface_id, service_id },
  }) as const;

export const integration = (id: string, source_app_id: string, target_app_id: string) =>
  ({
    type: 'Integration',
    id,
    event: 'IntegrationCreated',
    data: { source_app_id, target_app_id, protocol: 'kafka', frequency: null, sla: null },
  }) as const;

type Related = Extract<
  GivenEvent<typeof import('../../actors/relation/relation.js').Relation>,
  { event: 'RelationCreated' }
>['data'];
type End = `${Related['source_type']}:${string}`;
const endOf = (end: End) => {
  const [type, id] = end.split(':') as [Related['source_type'], string];
  return { type, id };
};

/** `relation('r', 'application:a', 'reads', 'data_entity:d')`. */
export const relation = (
  id: string,
  from: End,
  relation_type: Related['relation_type'],
  to: End,
  confidence = 1,
) => {
  const [source, target] = [endOf(from), endOf(to)];
  return {
    type: 'Relation',
    id,
    event: 'RelationCreated',
    data: {
      source_id: source.id,
      source_type: source.type,
      relation_type,
      confidence,
      target_id: target.id,
      target_type: target.type,
      evidence_source: null,
      description: null,
      label: null,
    },
  } as const;
};

export const period = (id: string, new_from: string | null, new_to: string | null) =>
  ({
    type: 'Relation',
    id,
    event: 'EffectivePeriodSet',
    data: { previous_from: null, previous_to: null, new_from, new_to },
  }) as const;

export const unrelated = (id: string) =>
  ({ type: 'Relation', id, event: 'RelationDeleted', data: { reason: 'wrong' } }) as const;
