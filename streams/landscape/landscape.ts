import { Application } from '../../actors/application/application.js';
import { BusinessCapability } from '../../actors/business-capability/business-capability.js';
import { DataEntity } from '../../actors/data-entity/data-entity.js';
import { Integration } from '../../actors/integration/integration.js';
import { Organization } from '../../actors/organization/organization.js';
import { Relation } from '../../actors/relation/relation.js';
import { Server } from '../../actors/server/server.js';
import type { SomeEvent } from '../../src/core/projection.js';
import { defineProjection, report } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped } from '../../src/read/projections/stamps.js';
import { sortedOnce } from '../contributions.js';
import { type LandscapeDocument, view } from './document.js';
import { classificationGaps, GapParams } from './gaps.js';
import { ImpactParams, impact } from './impact.js';
import { CapabilityParams, landscapeOf } from './of-capability.js';
import { OrganizationParams, organizationTree } from './organizations.js';
import { StaleParams, staleRelations } from './stale.js';
import {
  ofApplication,
  ofCapability,
  ofDataEntity,
  ofIntegration,
  ofOrganization,
  ofRelation,
  ofServer,
  type Statement,
} from './statements.js';
import { SunsetParams, sunsetDependants } from './sunsets.js';

type Stamping = Parameters<typeof stamped>[1] & { readonly after: { readonly status: string } };

const saying = (
  before: LandscapeDocument,
  event: Stamping,
  type: LandscapeDocument['type'],
  { elements, edges }: Statement,
): LandscapeDocument => ({
  ...before,
  ...stamped(before, event),
  type,
  name: elements[0]?.name ?? '',
  elements: [...elements],
  edges: [...edges],
  element_ids: sortedOnce([
    ...elements.map(({ id }) => id),
    ...edges.flatMap(({ source_id, target_id }) => [source_id, target_id]),
  ]),
  deleted: event.after.status === 'deleted',
});

/** Aggregates of different types may have the same id. */
const keyed =
  (type: LandscapeDocument['type']) =>
  ({ aggregate_id }: Pick<SomeEvent, 'aggregate_id'>): string =>
    `${type}:${aggregate_id}`;

/**
 * All elements and how they hang together. One document for each aggregate, with what that says
 * alone; reports put them together.
 */
export const landscape = defineProjection({
  name: 'landscape',
  summary: 'All elements of the landscape and the edges between them, by who states them.',
  view,
  indexed: [...STAMP_COLUMNS, 'type', 'name', 'element_ids', 'deleted'],
  search: ['name'],
  sort: 'type,name',
  from: [Application, BusinessCapability, Server, Organization, DataEntity, Integration, Relation],
  withState: true,
  deleted: 'deleted',
  documentIds: {
    Application: keyed('application'),
    BusinessCapability: keyed('business_capability'),
    Server: keyed('server'),
    Organization: keyed('organization'),
    DataEntity: keyed('data_entity'),
    Integration: keyed('integration'),
    Relation: keyed('relation'),
  },
  on: {
    Application: { '*': (all, one) => saying(all, one, 'application', ofApplication(one)) },
    BusinessCapability: {
      '*': (all, one) => saying(all, one, 'business_capability', ofCapability(one)),
    },
    Server: { '*': (all, one) => saying(all, one, 'server', ofServer(one)) },
    Organization: { '*': (all, one) => saying(all, one, 'organization', ofOrganization(one)) },
    DataEntity: { '*': (all, one) => saying(all, one, 'data_entity', ofDataEntity(one)) },
    Integration: { '*': (all, one) => saying(all, one, 'integration', ofIntegration(one)) },
    Relation: { '*': (all, one) => saying(all, one, 'relation', ofRelation(one, all)) },
  },
  reports: {
    impact: report({
      summary: 'What is connected with an element, however far: the shortest way to each.',
      params: ImpactParams,
      answer: impact,
    }),
    capability: report({
      summary: 'What stands behind a capability: applications, services, data, servers.',
      params: CapabilityParams,
      answer: landscapeOf,
    }),
    organizations: report({
      summary: 'The organizations as a tree, with what they own, rolled up.',
      params: OrganizationParams,
      answer: organizationTree,
    }),
    sunsets: report({
      summary: 'Applications on their way out: who still hangs on them, and what replaces them.',
      params: SunsetParams,
      answer: sunsetDependants,
    }),
    'classification-gaps': report({
      summary: 'Applications that are classified below the data that they read or write.',
      params: GapParams,
      answer: classificationGaps,
    }),
    'stale-relations': report({
      summary: 'Relations that nobody verified for long, or that are hardly believed.',
      params: StaleParams,
      answer: staleRelations,
    }),
  },
});
