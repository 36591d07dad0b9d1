import { defineAggregate } from '../../src/core/aggregate.js';
import { unchanged } from '../shared.js';
import { commands, data, events } from './schemas.js';

const UNTOUCHED = data.parse({});

/** Something that was found to be wrong, until it is put right or found to be right. */
export const WorkItem = defineAggregate({
  name: 'WorkItem',
  summary: 'Something that was found to be wrong, until somebody puts it right.',

  commands,
  events,
  data,

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { WorkItemOpened: 'open' } },
      open: {
        on: {
          WorkItemAssigned: {},
          WorkItemResolved: 'resolved',
          WorkItemDismissed: 'dismissed',
        },
      },
      resolved: { on: { WorkItemOpened: 'open', WorkItemReopened: 'open' } },
      // Whoever dismissed it knew better than who looks for it: only people open it again.
      dismissed: { on: { WorkItemReopened: 'open' } },
    },
  },

  evolve: {
    WorkItemOpened: (_, opened) => ({ ...UNTOUCHED, ...opened }),
    WorkItemAssigned: (_, { new_assignee }) => ({ assignee: new_assignee }),
    WorkItemResolved: (_, { reason }) => ({ reason }),
    WorkItemDismissed: (_, { reason }) => ({ reason }),
    WorkItemReopened: (_, { reason }) => ({ reason }),
  },

  decide: {
    OpenWorkItem: (_, opened) => [{ type: 'WorkItemOpened', data: opened }],
    AssignWorkItem: ({ data: { assignee: previous_assignee } }, { assignee }) =>
      assignee === previous_assignee
        ? unchanged('the assignee', assignee)
        : [{ type: 'WorkItemAssigned', data: { previous_assignee, new_assignee: assignee } }],
    ResolveWorkItem: (_, { reason }) => [{ type: 'WorkItemResolved', data: { reason } }],
    DismissWorkItem: (_, { reason }) => [{ type: 'WorkItemDismissed', data: { reason } }],
    ReopenWorkItem: (_, { reason }) => [{ type: 'WorkItemReopened', data: { reason } }],
  },
});
