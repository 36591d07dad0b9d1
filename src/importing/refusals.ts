import type { Plan } from '../../imports/importer.js';
import { type Refusal, refuse } from '../core/refusal.js';
import type { Registry } from '../core/registry.js';
import { JOBS_AT_ONCE } from './limits.js';
import { approvalsOf } from './run-plan.js';

/** Nobody imported that. */
export const unknownImport = (id: string): Refusal =>
  refuse('NOT_FOUND', `there is no import ${id.slice(0, 128)}: GET /imports lists those there are`);

/** What is wrong with a file is the caller's to know; anything else is a fault. */
export const unreadable = (error: unknown): Refusal => {
  const { name, code, file, line, message, expected } = error as Error & Record<string, unknown>;
  if (name !== 'ImportError') throw error;
  return refuse('IMPORT_UNREADABLE', message, {
    errors: [{ field: '(body)', message, rule: 'FORMAT' }],
    details: { reason: code, file, line: line ?? null, expected },
  });
};

/** More is not begun. */
export const tooMany = (): Refusal =>
  refuse('BUSY', `${JOBS_AT_ONCE} imports are under way already: ask again when one has ended`);

/** Why a plan that needs approvals is not carried out without one; nothing of it is sent. */
export const unapproved = (
  plan: Plan,
  registry: Registry,
  approval_id: string | undefined,
): Refusal | undefined => {
  const covers = approvalsOf(plan, registry);
  if (covers.length === 0 || approval_id !== undefined) return undefined;
  const said = covers
    .map(({ commands, command_type }) => `${commands} × ${command_type}`)
    .join(', ');
  return refuse(
    'APPROVAL_REQUIRED',
    `taking this import back takes ${said}, which need an approval: ask for one that covers ${covers.length === 1 ? 'that' : 'those'} for any aggregate, have somebody else approve it, and name it as approval_id. Nothing was sent`,
    {
      details: {
        covers: covers.map(({ commands, ...one }) => ({ ...one, aggregate_id: null, commands })),
      },
    },
  );
};
