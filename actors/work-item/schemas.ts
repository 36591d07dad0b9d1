import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { Description, Name, Reason } from '../shared.js';
import { workItemId } from './work-item-id.js';

/** What can be found to be wrong although every single command was right. */
export const Kind = z.enum(['dangling_reference', 'classification_gap', 'environment_mismatch']);
export type Kind = z.output<typeof Kind>;

const Key = z.string().trim().max(255);

export const events = {
  WorkItemOpened: z.object({
    kind: Kind,
    about_type: Name,
    about_id: AggregateId,
    about_key: Key,
    title: Name,
    details: Description.nullable(),
  }),
  WorkItemAssigned: z.object({ previous_assignee: Name.nullable(), new_assignee: Name }),
  WorkItemResolved: z.object({ reason: Reason }),
  WorkItemDismissed: z.object({ reason: Reason }),
  WorkItemReopened: z.object({ reason: Reason }),
};

const roles = ['architect', 'admin'] as const;

export const commands = {
  OpenWorkItem: command({
    summary: 'Record that something needs to be put right; also again, after it was resolved.',
    data: z.object({
      kind: Kind,
      about_type: Name,
      about_id: AggregateId,
      about_key: Key.default(''),
      title: Name,
      details: Description.nullable().default(null),
    }),
    emits: ['WorkItemOpened'],
    roles,
    identity: workItemId,
  }),
  AssignWorkItem: command({
    summary: 'Say who puts it right.',
    data: z.object({ assignee: Name }),
    emits: ['WorkItemAssigned'],
    roles,
    sets: { assignee: { to: 'assignee' } },
  }),
  ResolveWorkItem: command({
    summary: 'Record that it was put right.',
    data: z.object({ reason: Reason }),
    emits: ['WorkItemResolved'],
    roles,
  }),
  DismissWorkItem: command({
    summary: 'Record that it is right as it is; it is not opened by itself again.',
    data: z.object({ reason: Reason }),
    emits: ['WorkItemDismissed'],
    roles,
  }),
  ReopenWorkItem: command({
    summary: 'Record that it needs to be put right after all.',
    data: z.object({ reason: Reason }),
    emits: ['WorkItemReopened'],
    roles,
  }),
};

/** What is known of a work item. */
export const data = z.object({
  kind: Kind.default('dangling_reference'),
  about_type: z.string().default(''),
  about_id: z.string().default(''),
  about_key: z.string().default(''),
  title: z.string().default(''),
  details: z.string().nullable().default(null),
  assignee: z.string().nullable().default(null),
  reason: z.string().nullable().default(null),
});
