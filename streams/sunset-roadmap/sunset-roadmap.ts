import { z } from 'zod';
import { Application } from '../../actors/application/application.js';
import { Criticality, Lifecycle } from '../../actors/shared.js';
import {
  type AnyEventOf,
  defineProjection,
  report,
  type ShowContext,
} from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { consumersOn } from '../application-services/application-services.js';
import { dateOf, daysBetween } from '../calendar.js';
import { sortedOnce } from '../contributions.js';
import { lifecycleOf } from '../lifecycle.js';
import { RoadmapParams, roadmap, sunsetAt } from './roadmap.js';

const Day = z.iso.date().nullable().default(null);

const Ids = z.array(z.string()).default([]);

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  owner: z.string().default(''),
  capability_id: z.string().nullable().default(null),
  criticality: Criticality.nullable().default(null),
  lifecycle: Lifecycle.default('deprecated'),
  deprecated_on: Day,
  sunset_date: Day,
  first_sunset_date: Day,
  rescheduled: z.number().default(0),
  slips: z.number().default(0),
  days_slipped: z.number().default(0),
  retired_on: Day,
  ended_on: Day,
  days_late: z.number().nullable().default(null),
  /** Services that it still offers, and whom it added as their consumers. */
  offered_service_ids: Ids,
  added_consumer_ids: Ids,
  open_interface_ids: Ids,
  unreplaced_interface_ids: Ids,
  deleted: z.boolean().default(false),
});
export type Sunset = z.output<typeof view>;
type Event = AnyEventOf<typeof Application>;

/** It is on its way out: deprecated, or with a date, or it was and has ended since. */
const isOnRoadmap = (before: Sunset, { status, data }: Event['after']): boolean => {
  if (status === 'planned' || status === 'active') return data.sunset_date !== null;
  return before.id !== '' || status === 'deprecated' || data.sunset_date !== null;
};

/** The dates, how often they were moved, and how far the last one is from the first. */
const planned = (before: Sunset, event: Event) => {
  const { sunset_date } = event.after.data;
  const first = before.first_sunset_date ?? sunset_date;
  const moved =
    before.sunset_date !== null && sunset_date !== null && before.sunset_date !== sunset_date;
  const later = moved && sunset_date > before.sunset_date!;
  return {
    sunset_date,
    first_sunset_date: first,
    rescheduled: before.rescheduled + (moved ? 1 : 0),
    slips: before.slips + (later ? 1 : 0),
    days_slipped: (first && sunset_date && daysBetween(first, sunset_date)) || 0,
  };
};

/** Who uses its services, and the interfaces that are still open, with or without a replacement. */
const left = ({ services, interfaces }: Event['after']['data']) => {
  const offered = Object.values(services).filter(({ status }) => status === 'offered');
  const open = Object.values(interfaces).filter(({ status }) => status !== 'retired');
  const unreplaced = open.filter(({ replacement_interface_id }) => !replacement_interface_id);
  return {
    offered_service_ids: sortedOnce(offered.map(({ service_id }) => service_id)),
    added_consumer_ids: sortedOnce(offered.flatMap(({ consumers }) => consumers)),
    open_interface_ids: sortedOnce(open.map(({ interface_id }) => interface_id)),
    unreplaced_interface_ids: sortedOnce(unreplaced.map(({ interface_id }) => interface_id)),
  };
};

/**
 * The day on which it came into a status, as long as it is there or beyond; not before the day on
 * which it came into the one before, though that may be told in another order.
 */
const since = (day: string | null, event: Event, before: string | null): string => {
  const told = dateOf(event.occurred_at);
  return day ?? (before !== null && before > told ? before : told);
};

const next = (before: Sunset, event: Event): Sunset | null => {
  const { status, data } = event.after;
  if (!isOnRoadmap(before, event.after)) return null;
  const deleted = status === 'deleted';
  const isRetired = status === 'retired' || (deleted && before.retired_on !== null);
  const onRoadmap = before.id !== '' || status === 'deprecated';
  const deprecated_on = onRoadmap ? since(before.deprecated_on, event, null) : null;
  const retired_on = isRetired ? since(before.retired_on, event, deprecated_on) : null;
  const ended = isRetired || deleted;
  const ended_on = ended ? since(retired_on ?? before.ended_on, event, deprecated_on) : null;
  const plan = planned(before, event);
  return {
    ...before,
    ...stamped(before, event),
    ...plan,
    ...left(data),
    name: data.name,
    owner: data.owner,
    capability_id: data.capability_id,
    criticality: data.criticality,
    lifecycle: lifecycleOf(status) ?? before.lifecycle,
    deprecated_on,
    retired_on,
    ended_on,
    days_late: plan.sunset_date && ended_on ? daysBetween(plan.sunset_date, ended_on) : null,
    deleted,
  };
};

/** Who consumes its services, as their documents say it. */
const consumersOf = (
  { offered_service_ids, added_consumer_ids }: Sunset,
  { day, related }: { readonly day: string; readonly related: ShowContext['related'] },
) => {
  const services = offered_service_ids
    .map((id) => related('application-services', id))
    .filter((one) => one !== undefined);
  const consumer_ids = sortedOnce([
    ...added_consumer_ids,
    ...services.flatMap((one) => consumersOn(one, day).consumer_ids),
  ]);
  return { consumer_ids, consumer_count: consumer_ids.length };
};

/** Every application that is on its way out, when it should be gone, and how often that moved. */
export const sunsetRoadmap = defineProjection({
  name: 'sunset-roadmap',
  summary: 'Deprecated applications: when they should be gone, what slipped, what is done.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'owner', 'capability_id', 'criticality', 'lifecycle', 'deprecated_on'] as const),
    ...(['sunset_date', 'first_sunset_date', 'rescheduled', 'slips', 'days_slipped'] as const),
    ...(['retired_on', 'ended_on', 'days_late', 'deleted'] as const),
    ...(['open_interface_ids', 'unreplaced_interface_ids'] as const),
  ],
  search: ['name', 'owner'],
  sort: 'sunset_date',
  from: [Application],
  withState: true,
  deleted: 'deleted',
  within: { capability_id: { projection: 'capability-map', parent: 'parent_id' } },
  on: { Application: { '*': next } },
  related: ({ offered_service_ids }) =>
    offered_service_ids.map((key) => ({ projection: 'application-services', key })),
  show: (document, { now, related }) => ({
    ...document,
    ...sunsetAt(document, dateOf(now)),
    ...consumersOf(document, { day: dateOf(now), related }),
  }),
  reports: {
    roadmap: report({
      summary: 'Per quarter or month: what is due, what is overdue, what is done.',
      params: RoadmapParams,
      answer: roadmap,
    }),
  },
});
