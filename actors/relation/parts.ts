import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';

type Part = { readonly app_id: string; readonly status: string };
export type Parts = Entries<Part>;

const service = (id: string): string => `application_service/${id}`;
const interface_ = (id: string): string => `application_interface/${id}`;

const Service = z.object({ service_id: z.string() });
const Interface = z.object({ interface_id: z.string() });

/** The services and interfaces of all applications, which are no aggregates of their own. */
export const parts = defineBoundary<Part>()({
  of: 'Application',
  events: {
    ServiceOffered: Service,
    ServiceWithdrawn: Service,
    InterfaceExposed: Interface,
    InterfaceRetired: Interface,
    ApplicationDeleted: z.object({}),
  },
  on: {
    ServiceOffered: (_, { aggregate_id, data: { service_id } }) => [
      [service(service_id), { app_id: aggregate_id, status: 'offered' }],
    ],
    ServiceWithdrawn: (_, { aggregate_id, data: { service_id } }) => [
      [service(service_id), { app_id: aggregate_id, status: 'withdrawn' }],
    ],
    InterfaceExposed: (_, { aggregate_id, data: { interface_id } }) => [
      [interface_(interface_id), { app_id: aggregate_id, status: 'active' }],
    ],
    InterfaceRetired: (_, { aggregate_id, data: { interface_id } }) => [
      [interface_(interface_id), { app_id: aggregate_id, status: 'retired' }],
    ],
    ApplicationDeleted: (entries, { aggregate_id }) =>
      [...entries]
        .filter(([, { app_id }]) => app_id === aggregate_id)
        .map(([key]) => [key, undefined] as const),
  },
});

/** A part of an application by its type and id. */
export const partOf = (all: Parts, type: string, id: string): Part | undefined =>
  all.get(`${type}/${id}`);
