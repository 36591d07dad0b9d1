import type { Query } from '../api/address.js';

/** What a command to one thing is, for whoever allows it. */
export type Covered = {
  readonly command_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id?: string | undefined;
  /** What it is called. */
  readonly name?: string | undefined;
};
/** Where approvals are kept and asked for: the domain says so once. */
export type Approvals = {
  /** The plural of the type that they are. */
  readonly plural: string;
  /** Which of them can be used. */
  readonly usable: Query;
  /** The creating command that asks for one, and what it says. */
  readonly command: string;
  readonly request: (covered: Covered) => Readonly<Record<string, unknown>>;
};

let known: Approvals | undefined;
export const sayApprovals = (approvals: Approvals): void => {
  known = approvals;
};
export const approvals = (): Approvals | undefined => known;
