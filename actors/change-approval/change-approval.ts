import { samePerson } from '../../src/core/access.js';
import { defineAggregate } from '../../src/core/aggregate.js';
import { canonicalInstant } from '../../src/core/instant.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { invalid } from '../shared.js';
import { isExpired, refuseUnapproved } from './allowance.js';
import { type ChangeApprovalData, commands, data, events } from './schemas.js';

const refuseExpired = (data: ChangeApprovalData, now: string): Refusal | undefined =>
  isExpired(data, now)
    ? refuse(
        'INVALID_LIFECYCLE_TRANSITION',
        `"${data.title}" expired at ${data.expires_at} and cannot be approved any more: request another`,
        {
          details: {
            from: 'requested',
            allowed: [],
            commands: ['RejectChange', 'WithdrawApprovalRequest'],
          },
        },
      )
    : undefined;

/** Somebody asks that commands be allowed, somebody else allows them: what `approval_id` names. */
export const ChangeApproval = defineAggregate({
  name: 'ChangeApproval',
  summary: 'A request to allow certain commands, and what became of it.',
  aliases: ['Approval'],

  commands,
  events,
  data,

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { ChangeApprovalRequested: 'requested' } },
      requested: {
        on: {
          ChangeApproved: 'approved',
          ChangeRejected: 'rejected',
          ApprovalWithdrawn: 'withdrawn',
        },
      },
      approved: { on: { ApprovalWithdrawn: 'withdrawn' } },
      rejected: {},
      withdrawn: {},
    },
  },

  approves: refuseUnapproved,

  evolve: {
    ChangeApprovalRequested: (_, requested) => requested,
    ChangeApproved: (_, { approved_by }) => ({ decided_by: approved_by }),
    ChangeRejected: (_, { rejected_by }) => ({ decided_by: rejected_by }),
    ApprovalWithdrawn: null,
  },

  decide: {
    RequestApproval: (_, asked, { subject, now, source }) => {
      const expires_at = asked.expires_at && canonicalInstant(asked.expires_at);
      const over = expires_at !== null && Date.parse(expires_at) <= Date.parse(now);
      if (over && source !== 'import')
        return invalid('expires_at', `${expires_at} is in the past; it is ${now}`);
      return [
        { type: 'ChangeApprovalRequested', data: { ...asked, expires_at, requested_by: subject } },
      ];
    },
    ApproveChange: ({ data }, { comment }, { subject, now }) => {
      if (samePerson(subject, data.requested_by))
        return refuse(
          'APPROVAL_SELF',
          `${subject} requested "${data.title}", and so cannot approve it: somebody else must`,
        );
      return (
        refuseExpired(data, now) ?? [
          { type: 'ChangeApproved', data: { approved_by: subject, comment } },
        ]
      );
    },
    RejectChange: (_, { reason }, { subject }) => [
      { type: 'ChangeRejected', data: { rejected_by: subject, reason } },
    ],
    WithdrawApprovalRequest: ({ data: { requested_by, title } }, { reason }, { subject }) =>
      samePerson(subject, requested_by)
        ? [{ type: 'ApprovalWithdrawn', data: { reason } }]
        : refuse('FORBIDDEN', `"${title}" is taken back by ${requested_by}, who requested it`),
  },
});
