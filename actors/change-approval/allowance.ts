import { z } from 'zod';
import { samePerson } from '../../src/core/access.js';
import type { ToApprove } from '../../src/core/aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { Name } from '../shared.js';

/** A command that is allowed: on one aggregate, or (null) on any of its type. */
export const Covered = z.object({
  command_type: Name,
  aggregate_type: Name,
  aggregate_id: AggregateId.nullable(),
});
type Covered = z.output<typeof Covered>;

/** What was asked for, and who decided. */
export type Asked = {
  readonly title: string;
  readonly covers: readonly Covered[];
  readonly correlation_id: string | null;
  readonly expires_at: string | null;
  readonly decided_by: string | null;
};
type Self = { readonly status: string; readonly data: Asked };

/** From the moment at which it expires, it allows nothing. */
export const isExpired = ({ expires_at }: Asked, now: string): boolean =>
  expires_at !== null && Date.parse(expires_at) <= Date.parse(now);

const WHY: Readonly<Record<string, string>> = {
  requested: 'nobody has approved it yet: a reviewer sends ApproveChange',
  rejected: 'it was rejected: see its reason, and request another',
  withdrawn: 'it was withdrawn: request another',
};

const required = (title: string, why: string, details: object): Refusal =>
  refuse('APPROVAL_REQUIRED', `the approval "${title}" does not allow this: ${why}`, {
    details: { ...details },
  });

const isCovered = ({ covers, correlation_id }: Asked, command: ToApprove): boolean =>
  (correlation_id === null || correlation_id === command.correlation_id) &&
  covers.some(
    ({ command_type, aggregate_type, aggregate_id }) =>
      command_type === command.command_type &&
      aggregate_type === command.aggregate_type &&
      (aggregate_id === null || aggregate_id === command.aggregate_id),
  );

const spoken = ({ command_type, aggregate_type, aggregate_id }: Covered): string =>
  `${command_type} on ${aggregate_id === null ? `any ${aggregate_type}` : `${aggregate_type} ${aggregate_id}`}`;

/**
 * Why an approval does not allow a command; undefined = it does. Who approved a change does not
 * carry it out as well (segregation of duties).
 */
export const refuseUnapproved = (
  { status, data }: Self,
  command: ToApprove,
): Refusal | undefined => {
  const { title, covers, correlation_id, expires_at, decided_by } = data;
  if (status !== 'approved') return required(title, WHY[status] ?? status, { status });
  if (isExpired(data, command.now))
    return required(title, `it expired at ${expires_at}: request another`, { expires_at });
  if (!isCovered(data, command)) {
    const only = correlation_id === null ? '' : `, with the correlation id ${correlation_id}`;
    return required(title, `it covers ${covers.map(spoken).join(', ')}${only}`, {
      covers,
      correlation_id,
    });
  }
  if (decided_by !== null && samePerson(decided_by, command.subject))
    return refuse(
      'APPROVAL_SELF',
      `${command.subject} approved "${title}", and so cannot carry it out: somebody else must`,
    );
  return undefined;
};
