import { z } from 'zod';
import type { Application } from '../actors/application/application.js';
import type { Relation } from '../actors/relation/relation.js';
import type { AnyEventOf } from '../src/core/projection.js';
import { related, sortedOnce } from './contributions.js';
import { SUPPORTING } from './stated.js';

type ApplicationEvent = AnyEventOf<typeof Application>;
type RelationEvent = AnyEventOf<typeof Relation>;

const CAPABILITY = 'business_capability';
/** The tree that ids of capabilities are places in. */
export const CAPABILITIES = { projection: 'capability-map', parent: 'parent_id' };

/**
 * That an application supports a capability, and for how long. Without a relation it, or a service
 * that it offers, is assigned to it.
 */
const Support = z.object({
  relation_id: z.string().nullable(),
  capability_id: z.string(),
  effective_from: z.string().nullable(),
  effective_to: z.string().nullable(),
});
type Support = z.output<typeof Support>;
type OfRelation = Support & { readonly relation_id: string };

/** What an application supports. A relation of a service does not say whose that is. */
export const supportedFields = {
  supports: z.array(Support).default([]),
  /** The same on whatever day: the day is no column to filter by. */
  capability_ids: z.array(z.string()).default([]),
};
type Supporting = { readonly supports: Support[] };

/** The capabilities that an application, or a service that it offers, is assigned to. */
export const capabilitiesOf = ({ data }: ApplicationEvent['after']): string[] =>
  [
    data.capability_id,
    ...Object.values(data.services).map(({ status, capability_id }) =>
      status === 'offered' ? capability_id : null,
    ),
  ].filter((id) => id !== null);

const isSupport = (data: RelationEvent['after']['data']): boolean =>
  data.source_type === 'application' &&
  data.target_type === CAPABILITY &&
  SUPPORTING.includes(data.relation_type);

/** The application of which a relation says, or said before, what it supports. */
export const supporterOf = ({ before, after }: RelationEvent): string[] =>
  [before.data, after.data].filter(isSupport).map(({ source_id }) => source_id);

const ofRelation = (one: Support): one is OfRelation => one.relation_id !== null;

const together = (assigned: readonly Support[], relations: readonly Support[]) => {
  const supports = [...assigned, ...relations];
  return { supports, capability_ids: sortedOnce(supports.map((one) => one.capability_id)) };
};

/** After an event of the application. */
export const supportedAfter = ({ supports }: Supporting, { after }: ApplicationEvent) => {
  const assigned = sortedOnce(capabilitiesOf(after)).map((capability_id) => ({
    relation_id: null,
    capability_id,
    effective_from: null,
    effective_to: null,
  }));
  return together(assigned, supports.filter(ofRelation));
};

/** After one of a relation; null where nothing is different. */
export const relatedAfter = ({ supports }: Supporting, event: RelationEvent, key: string) => {
  const { status, data } = event.after;
  const { target_id: capability_id, effective_from, effective_to } = data;
  const relation_id = event.aggregate_id;
  const says = status === 'present' && data.source_id === key && isSupport(data);
  const own = says ? { relation_id, capability_id, effective_from, effective_to } : null;
  const before = supports.filter(ofRelation);
  const after = related(before, relation_id, own);
  if (after === before) return null;
  return together(
    supports.filter((one) => !ofRelation(one)),
    after,
  );
};
