import type { Application } from '../../actors/application/application.js';
import type { BusinessCapability } from '../../actors/business-capability/business-capability.js';
import type { DataEntity } from '../../actors/data-entity/data-entity.js';
import type { Integration } from '../../actors/integration/integration.js';
import type { Organization } from '../../actors/organization/organization.js';
import type { Relation } from '../../actors/relation/relation.js';
import type { Server } from '../../actors/server/server.js';
import type { AnyEventOf } from '../../src/core/projection.js';
import { sortedOnce } from '../contributions.js';
import type { Edge, EdgeType, Element, ElementType, LandscapeDocument } from './document.js';

/** What an aggregate says: which elements there are, and what they have to do with others. */
export type Statement = {
  readonly elements: readonly Element[];
  readonly edges: readonly Edge[];
};

type End = readonly [type: ElementType, id: string];

const element = (
  [type, id]: End,
  known: Pick<Element, 'name' | 'status'> & Partial<Element>,
): Element => ({
  type,
  id,
  application_id: null,
  owner: null,
  criticality: null,
  classification: null,
  environment: null,
  sunset_date: null,
  replacement_id: null,
  ...known,
});

/** An edge that an element states of itself: sure, and for as long as it says so. */
const stated = (
  [source_type, source_id]: End,
  relation_type: EdgeType,
  [target_type, target_id]: End,
): Edge => ({
  source_type,
  source_id,
  relation_type,
  target_type,
  target_id,
  relation_id: null,
  confidence: 1,
  effective_from: null,
  effective_to: null,
  known_at: null,
});

type ApplicationEvent = AnyEventOf<typeof Application>;
type ApplicationState = ApplicationEvent['after']['data'];

const supported = (source: End, capability_id: string | null): Edge[] =>
  capability_id === null
    ? []
    : [stated(source, 'supports', ['business_capability', capability_id])];

const serviceEdges = (self: End, { services }: ApplicationState): Edge[] =>
  Object.values(services)
    .filter(({ status }) => status === 'offered')
    .flatMap(({ service_id, capability_id, consumers }) => {
      const service: End = ['application_service', service_id];
      return [
        stated(self, 'realizes', service),
        ...supported(service, capability_id),
        ...sortedOnce(consumers).map((id) => stated(['application', id], 'uses', service)),
      ];
    });

const interfaceEdges = (self: End, { interfaces }: ApplicationState): Edge[] =>
  Object.values(interfaces)
    .filter(({ status }) => status !== 'retired')
    .flatMap(({ interface_id, serves_service_ids }) => {
      const way: End = ['application_interface', interface_id];
      return [
        stated(self, 'exposes', way),
        ...sortedOnce(serves_service_ids).map((id) =>
          stated(way, 'serves', ['application_service', id]),
        ),
      ];
    });

/** An application with its services and interfaces; what is withdrawn or retired leads nowhere. */
export const ofApplication = ({ aggregate_id: id, after }: ApplicationEvent): Statement => {
  const { status, data } = after;
  const gone = status === 'deleted';
  const self: End = ['application', id];
  const { name, owner, criticality, data_classification: classification, sunset_date } = data;
  const elements = [
    element(self, { name, status, owner, criticality, classification, sunset_date }),
    ...Object.values(data.services).map((one) =>
      element(['application_service', one.service_id], {
        name: one.name,
        status: gone ? 'deleted' : one.status,
        application_id: id,
      }),
    ),
    ...Object.values(data.interfaces).map((one) =>
      element(['application_interface', one.interface_id], {
        name: one.name,
        status: gone ? 'deleted' : one.status,
        application_id: id,
        sunset_date: one.sunset_date,
        replacement_id: one.replacement_interface_id,
      }),
    ),
  ];
  const servers = sortedOnce(data.deployments.map(({ server_id }) => server_id));
  const edges = [
    ...servers.map((server_id) => stated(self, 'deployed_on', ['server', server_id])),
    ...supported(self, data.capability_id),
    ...serviceEdges(self, data),
    ...interfaceEdges(self, data),
  ];
  return { elements, edges: gone ? [] : edges };
};

export const ofServer = ({ aggregate_id, after }: AnyEventOf<typeof Server>): Statement => {
  const { hostname, environment, criticality, owning_team } = after.data;
  const known = { name: hostname, status: after.status, owner: owning_team };
  return {
    elements: [element(['server', aggregate_id], { ...known, environment, criticality })],
    edges: [],
  };
};

/** Something in a tree: it is a part of what is above it. */
const inTree = (
  self: End,
  { status, data }: { readonly status: string; readonly data: Branch },
): Statement => ({
  elements: [element(self, { name: data.name, status })],
  edges:
    status === 'deleted' || data.parent_id === null
      ? []
      : [stated(self, 'part_of', [self[0], data.parent_id])],
});
type Branch = { readonly name: string; readonly parent_id: string | null };

export const ofCapability = (event: AnyEventOf<typeof BusinessCapability>): Statement =>
  inTree(['business_capability', event.aggregate_id], event.after);

export const ofOrganization = (event: AnyEventOf<typeof Organization>): Statement =>
  inTree(['organization', event.aggregate_id], event.after);

export const ofDataEntity = ({ aggregate_id, after }: AnyEventOf<typeof DataEntity>): Statement => {
  const { name, owner, criticality, classification, lineage } = after.data;
  const self: End = ['data_entity', aggregate_id];
  const sources = after.status === 'deleted' ? [] : sortedOnce(lineage);
  return {
    elements: [element(self, { name, status: after.status, owner, criticality, classification })],
    edges: sources.map((id) => stated(self, 'derived_from', ['data_entity', id])),
  };
};

/** A flow: data comes from one application into it and goes on to the other. It has no name. */
export const ofIntegration = (event: AnyEventOf<typeof Integration>): Statement => {
  const { status, data } = event.after;
  const self: End = ['integration', event.aggregate_id];
  const edges = [
    stated(['application', data.source_app_id], 'flows_to', self),
    stated(self, 'flows_to', ['application', data.target_app_id]),
  ];
  return {
    elements: [element(self, { name: '', status })],
    edges: status === 'deleted' ? [] : edges,
  };
};

type RelationEvent = AnyEventOf<typeof Relation>;

export const ofRelation = (event: RelationEvent, before: LandscapeDocument): Statement => {
  const { status, data } = event.after;
  if (status === 'deleted') return { elements: [], edges: [] };
  const [known] = before.edges;
  const { source_type, source_id, relation_type, target_type, target_id } = data;
  const { confidence, effective_from, effective_to, last_verified_at } = data;
  const edge = {
    source_type,
    source_id,
    relation_type,
    target_type,
    target_id,
    relation_id: event.aggregate_id,
    confidence,
    effective_from,
    effective_to,
    known_at: last_verified_at ?? known?.known_at ?? event.event_timestamp,
  };
  return { elements: [], edges: [edge] };
};
