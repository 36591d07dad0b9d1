import type { Approvals } from '../forms/approvals.js';
import { wordsOf } from '../forms/words-of.js';

/** Where approvals are kept here, and how one is asked for. */
export const approvals: Approvals = {
  plural: 'change-approvals',
  usable: { status: 'approved' },
  command: 'RequestApproval',
  request: ({ command_type, aggregate_type, aggregate_id = null, name }) => ({
    title: `${wordsOf(command_type)} of ${name ?? aggregate_id ?? `any ${aggregate_type}`}`,
    covers: [{ command_type, aggregate_type, aggregate_id }],
  }),
};
