/** One command of the journal, with what became of it. */
export type CommandEntry = {
  readonly entry_id: string;
  readonly received_at: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly denied: boolean;
  readonly duration_ms: number;
  readonly via: string;
  readonly command_id: string | null;
  readonly command_type: string | null;
  readonly aggregate_type: string | null;
  readonly aggregate_id: string | null;
  readonly actor: string | null;
  readonly actor_type: string | null;
  readonly source: string | null;
  readonly ip_address: string | null;
  readonly correlation_id: string | null;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  readonly aggregate_version: number | null;
  readonly data: unknown;
};
