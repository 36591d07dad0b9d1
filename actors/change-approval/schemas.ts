import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { Description, Name, Reason } from '../shared.js';

const COVERED_MAX = 50;

/** A command that is allowed: on one aggregate, or (null) on any of its type. */
const Covered = z.object({
  command_type: Name,
  aggregate_type: Name,
  aggregate_id: AggregateId.nullable(),
});
export type Covered = z.output<typeof Covered>;

const Covers = z.array(Covered).min(1).max(COVERED_MAX);
/** Only commands with this correlation id; null = whatever they belong to. */
const CorrelationId = z.string().trim().min(1).max(128).nullable();
const Instant = z.iso
  .datetime({ error: 'expected ISO 8601 in UTC, such as 2026-01-06T10:00:00Z' })
  .nullable();

export const events = {
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
};

const requesters = [
  'architect',
  'admin',
  'data_steward',
  'security_officer',
  'platform_ops',
] as const;

export const commands = {
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
};

/** What is known of an approval. */
export const data = z.object({
  title: z.string().default(''),
  covers: z.array(Covered).default([]),
  correlation_id: z.string().nullable().default(null),
  reason: z.string().default(''),
  expires_at: z.string().nullable().default(null),
  requested_by: z.string().default(''),
  decided_by: z.string().nullable().default(null),
});

export type ChangeApprovalData = z.output<typeof data>;
