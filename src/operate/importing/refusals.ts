import { type Refusal, refuse } from '../../core/refusal.js';
import { unapproved as refusedBy } from '../../write/runtime/approving.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { ImportError, Plan } from './importer.js';
import type { JobStatus } from './job.js';
import { approvalsOf, commandsOf } from './run-plan.js';

/** Nobody imported that. */
export const unknownImport = (id: string): Refusal =>
  refuse('NOT_FOUND', `there is no import ${id.slice(0, 128)}: GET /imports lists those there are`);

export const isImportError = (error: unknown): error is ImportError =>
  error instanceof Error && error.name === 'ImportError';

/** What is wrong with a file is the caller's to know; anything else is a fault. */
export const unreadable = (error: unknown): Refusal => {
  if (!isImportError(error)) throw error;
  const { code, file, line, message, expected } = error;
  return unread(message, { reason: code, file, line: line ?? null, expected });
};

const unread = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  refuse('IMPORT_UNREADABLE', message, {
    errors: [{ field: '(body)', message, rule: 'FORMAT' }],
    ...(details && { details }),
  });

/** Nobody waits any more for a model to be read: whoever sent it has gone, or the node is going. */
export const gone = (isNode: boolean): Refusal =>
  isNode
    ? refuse('SHUTTING_DOWN', 'the node is going away, nothing was begun: send it again')
    : unread('the request ended before the model was read: nothing was begun');

/** What became of a job that somebody stopped, and what can be done now. */
export const stoppedText = (
  { operation, stopped_by, dry_run, sent }: JobStatus,
  where: string,
): string => {
  const stopped = `${where}, by ${stopped_by}`;
  if (dry_run || sent.accepted + sent.replayed === 0) return stopped;
  return operation === 'import'
    ? `${stopped}; what was written stays: the same import again goes on, a revert takes it back`
    : `${stopped}; what was taken back stays so: the same revert again goes on`;
};

/** Who carries out a plan, with which approval. */
export type Approved = {
  readonly runtime: Pick<Runtime, 'registry' | 'state'>;
  readonly approval_id: string | undefined;
  readonly actor: string;
  /** The person behind it, as tokens name them. */
  readonly subject: string;
  readonly correlation_id: string;
  readonly now: string;
};

/**
 * Why a plan that needs approvals is not carried out: it names none, or one that does not allow
 * all of it. Nothing of it is sent then.
 */
export const unapproved = async (
  plan: Plan,
  { runtime, approval_id, now, ...by }: Approved,
): Promise<Refusal | undefined> => {
  const { registry } = runtime;
  const covers = approvalsOf(plan, registry);
  if (covers.length === 0) return undefined;
  const said = covers
    .map(({ commands, command_type }) => `${commands} × ${command_type}`)
    .join(', ');
  const refused = (why: string): Refusal =>
    refuse(
      'APPROVAL_REQUIRED',
      `taking this import back takes ${said}, which need an approval: ${why}. Nothing was sent`,
      {
        details: {
          covers: covers.map(({ commands, ...one }) => ({ ...one, aggregate_id: null, commands })),
        },
      },
    );
  if (approval_id === undefined)
    return refused(
      `ask for one that covers ${covers.length === 1 ? 'that' : 'those'} for any aggregate, have somebody else approve it, and name it as approval_id`,
    );
  const approvals = registry.definitions.find(({ approves }) => approves !== null);
  for (const { command_type, aggregate_type, aggregate_id } of commandsOf(plan)) {
    const definition = registry.aggregate(aggregate_type);
    if (!definition || !registry.command(definition, command_type)?.spec.approval) continue;
    const command = { definition, command_type, aggregate_id, approval_id, ...by };
    const no = await refusedBy({ ...command, source: 'import', effective_at: null }, approvals, {
      now,
      look: (of, id) => runtime.state(of, id),
    });
    if (no) return refused(`${no.message} (${no.refused} for ${aggregate_type} ${aggregate_id})`);
  }
  return undefined;
};
