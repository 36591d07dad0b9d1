import { z } from 'zod';
import { Application } from '../actors/application/application.js';
import { defineProjection } from '../src/core/projection.js';

const view = z.object({
  name: z.string().default(''),
  owner: z.string().default(''),
  tags: z.array(z.string()).default([]),
  changes: z.number().default(0),
});

/**
 * The simplest thing that is still a read model: events alone make the document, no state of the
 * aggregate is kept. Every event changes it, so none can be passed over.
 */
export const plainProjection = defineProjection({
  name: 'plain',
  summary: 'Applications with their owners, for the benchmark.',
  view,
  indexed: ['name', 'owner'],
  sort: 'name',
  from: [Application],
  resource: 'Application',
  on: {
    Application: {
      ApplicationCreated: (_, { data }) => ({
        name: data.name,
        owner: data.owner,
        tags: [],
        changes: 1,
      }),
      OwnerSet: (before, { data }) => ({
        ...before,
        owner: data.new_owner,
        changes: before.changes + 1,
      }),
      TagsAdded: (before, { data }) => ({
        ...before,
        tags: [...before.tags, ...data.tags],
        changes: before.changes + 1,
      }),
      '*': (before) => ({ ...before, changes: before.changes + 1 }),
    },
  },
});
