import type { Aggregate, State, ToApprove } from '../../core/aggregate.js';
import { presence } from '../../core/chart.js';
import type { Command } from '../../core/command.js';
import { AGGREGATE_ID } from '../../core/ids.js';
import { type Refusal, refuse } from '../../core/refusal.js';

type Approving = {
  readonly now: string;
  /** An aggregate as the log has it. */
  readonly look: (definition: Aggregate, id: string) => Promise<State>;
};

/** What is known of a command when it is asked whether it is approved. */
export type Approvable = Omit<ToApprove, 'aggregate_type' | 'now'> &
  Pick<Command, 'definition' | 'source' | 'effective_at' | 'approval_id'>;

/**
 * Why the approval that a command names does not allow it, judged by the definition of approvals;
 * undefined when it does, or when the application knows no approvals.
 */
export const unapproved = async (
  command: Approvable,
  approvals: Aggregate | undefined,
  { now, look }: Approving,
): Promise<Refusal | undefined> => {
  const { definition, source, effective_at, approval_id } = command;
  // History was approved, or not, when it happened.
  if (!approvals || (source === 'import' && effective_at !== null)) return undefined;
  const id = approval_id!;
  const known = AGGREGATE_ID.test(id) && (await look(approvals, id));
  if (known && presence(approvals.chart, known.status) === 'present')
    return approvals.approves!(known, { ...command, aggregate_type: definition.name, now });
  const message = `expected the id of a granted ${approvals.name}`;
  return refuse('APPROVAL_REQUIRED', 'metadata.approval_id: there is no such approval', {
    errors: [{ field: 'metadata.approval_id', message, rule: 'REFERENCE' }],
  });
};
