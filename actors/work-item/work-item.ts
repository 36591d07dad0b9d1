import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { Description, Name, Reason, takenBack } from '../shared.js';
import { workItemId } from './work-item-id.js';

/** What can be found to be wrong although every single command was right. */
const Kind = z.enum(['dangling_reference', 'classification_gap', 'environment_mismatch']);
export type Kind = z.output<typeof Kind>;

const Key = z.string().trim().max(255);
const Because = z.object({ reason: Reason });
const roles = ['architect', 'admin'] as const;

/** What is known of a work item. */
const data = z.object({
  kind: Kind.default('dangling_reference'),
  about_type: z.string().default(''),
  about_id: z.string().default(''),
  about_key: z.string().default(''),
  title: z.string().default(''),
  details: z.string().nullable().default(null),
  assignee: z.string().nullable().default(null),
  reason: z.string().nullable().default(null),
});
const UNTOUCHED = data.parse({});

/** Something that was found to be wrong, until it is put right or found to be right. */
export const WorkItem = defineAggregate({
  name: 'WorkItem',
  summary: 'Something that was found to be wrong, until somebody puts it right.',
  data,

  commands: {
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
    AssignWorkItem: sets('assignee', Name, {
      summary: 'Say who puts it right.',
      event: 'WorkItemAssigned',
      roles,
      cleared: takenBack(
        'UnassignWorkItem',
        'WorkItemUnassigned',
        'Leave open again who puts it right.',
      ),
    }),
    ResolveWorkItem: command({
      summary: 'Record that it was put right.',
      data: Because,
      emits: ['WorkItemResolved'],
      roles,
    }),
    DismissWorkItem: command({
      summary: 'Record that it is right as it is; it is not opened by itself again.',
      data: Because,
      emits: ['WorkItemDismissed'],
      roles,
    }),
    ReopenWorkItem: command({
      summary: 'Record that it needs to be put right after all.',
      data: Because,
      emits: ['WorkItemReopened'],
      roles,
    }),
  },

  events: {
    WorkItemOpened: z.object({
      kind: Kind,
      about_type: Name,
      about_id: AggregateId,
      about_key: Key,
      title: Name,
      details: Description.nullable(),
    }),
    WorkItemResolved: Because,
    WorkItemDismissed: Because,
    WorkItemReopened: Because,
  },

  editable: ['open'],
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { WorkItemOpened: 'open' } },
      open: { on: { WorkItemResolved: 'resolved', WorkItemDismissed: 'dismissed' } },
      resolved: { on: { WorkItemOpened: 'open', WorkItemReopened: 'open' } },
      // Whoever dismissed it knew better than who looks for it: only people open it again.
      dismissed: { on: { WorkItemReopened: 'open' } },
    },
  },

  evolve: {
    WorkItemOpened: (_, opened) => ({ ...UNTOUCHED, ...opened }),
    WorkItemResolved: (_, { reason }) => ({ reason }),
    WorkItemDismissed: (_, { reason }) => ({ reason }),
    WorkItemReopened: (_, { reason }) => ({ reason }),
  },

  decide: {
    OpenWorkItem: (_, opened) => [{ type: 'WorkItemOpened', data: opened }],
    ResolveWorkItem: (_, { reason }) => [{ type: 'WorkItemResolved', data: { reason } }],
    DismissWorkItem: (_, { reason }) => [{ type: 'WorkItemDismissed', data: { reason } }],
    ReopenWorkItem: (_, { reason }) => [{ type: 'WorkItemReopened', data: { reason } }],
  },
});
