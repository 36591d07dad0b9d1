import { z } from 'zod';
import { samePerson } from '../../src/core/access.js';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { canonicalInstant } from '../../src/core/instant.js';
import { command } from '../../src/core/message.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { Description, invalid, Name, Reason } from '../shared.js';
import { type Asked, Covered, isExpired, refuseUnapproved } from './allowance.js';

const COVERED_MAX = 50;

const Covers = z.array(Covered).min(1).max(COVERED_MAX);
/** Only commands with this correlation id; null = whatever they belong to. */
const CorrelationId = z.string().trim().min(1).max(128).nullable();
const Instant = z.iso
  .datetime({ error: 'expected ISO 8601 in UTC, such as 2026-01-06T10:00:00Z' })
  .nullable();

const requesters = [
  'architect',
  'admin',
  'data_steward',
  'security_officer',
  'platform_ops',
] as const;

const refuseExpired = (data: Asked, now: string): Refusal | undefined =>
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

  data: z.object({
    title: z.string().default(''),
    covers: z.array(Covered).default([]),
    correlation_id: z.string().nullable().default(null),
    reason: z.string().default(''),
    expires_at: z.string().nullable().default(null),
    requested_by: z.string().default(''),
    decided_by: z.string().nullable().default(null),
  }),

  commands: {
    RequestApproval: command({
      summary: 'Ask somebody else to approve commands before they are sent.',
      data: z.object({
        title: Name,
        covers: z
          .array(Covered.extend({ aggregate_id: AggregateId.nullable().default(null) }))
          .min(1)
          .max(COVERED_MAX),
        correlation_id: CorrelationId.default(null),
        reason: Reason,
        expires_at: Instant.default(null),
      }),
      emits: ['ChangeApprovalRequested'],
      roles: requesters,
      inPerson: true,
      aliases: ['RequestChangeApproval'],
    }),
    ApproveChange: command({
      summary: 'Allow what was asked for; not by who asked.',
      data: z.object({ comment: Description.nullable().default(null) }),
      emits: ['ChangeApproved'],
      roles: ['reviewer'],
      inPerson: true,
    }),
    RejectChange: command({
      summary: 'Do not allow what was asked for.',
      data: z.object({ reason: Reason }),
      emits: ['ChangeRejected'],
      roles: ['reviewer'],
      inPerson: true,
    }),
    WithdrawApprovalRequest: command({
      summary: 'Take back what was asked for, also after it was approved; by who asked.',
      data: z.object({ reason: Reason }),
      emits: ['ApprovalWithdrawn'],
      roles: requesters,
      inPerson: true,
    }),
  },

  events: {
    ChangeApprovalRequested: z.object({
      title: Name,
      covers: Covers,
      correlation_id: CorrelationId,
      reason: Reason,
      expires_at: Instant,
      requested_by: Name,
    }),
    ChangeApproved: z.object({ approved_by: Name, comment: Description.nullable() }),
    ChangeRejected: z.object({ rejected_by: Name, reason: Reason }),
    ApprovalWithdrawn: z.object({ reason: Reason }),
  },

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
