import { z } from 'zod';
import { defineBoundary, type Entries } from '../src/core/boundary.js';
import type { Dependent } from './shared.js';

type Ends = { readonly source_app_id: string; readonly target_app_id: string };

const Rerouted = z.object({ new_app_id: z.string() });
const rerouted = (entries: Entries<Ends>, id: string, change: Partial<Ends>) =>
  [[id, { source_app_id: '', target_app_id: '', ...entries.get(id), ...change }]] as const;

/** Which integrations there are, and which applications each connects, by integration. */
export const integrationEnds = defineBoundary<Ends>()({
  of: 'Integration',
  events: {
    IntegrationCreated: z.object({ source_app_id: z.string(), target_app_id: z.string() }),
    SourceRerouted: Rerouted,
    TargetRerouted: Rerouted,
    IntegrationDeleted: z.object({}),
  },
  on: {
    IntegrationCreated: (_, { aggregate_id, data }) => [[aggregate_id, data]],
    SourceRerouted: (entries, { aggregate_id, data }) =>
      rerouted(entries, aggregate_id, { source_app_id: data.new_app_id }),
    TargetRerouted: (entries, { aggregate_id, data }) =>
      rerouted(entries, aggregate_id, { target_app_id: data.new_app_id }),
    IntegrationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** The integrations that an application sends into or receives from. */
export const integratedWith = (app_id: string, entries: Entries<Ends>): readonly Dependent[] => {
  const found: Dependent[] = [];
  for (const [id, { source_app_id, target_app_id }] of entries) {
    if (source_app_id === app_id)
      found.push({ type: 'Integration', id, name: `to ${target_app_id}` });
    else if (target_app_id === app_id)
      found.push({ type: 'Integration', id, name: `from ${source_app_id}` });
  }
  return found;
};
