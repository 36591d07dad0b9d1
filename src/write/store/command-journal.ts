/** What became of one command. */
export type JournalEntry = {
  readonly received_at: string;
  readonly via: string;
  /** With a code, a dry run is one that would have been refused. */
  readonly outcome: 'accepted' | 'replayed' | 'refused' | 'unknown' | 'failed' | 'dry_run';
  readonly duration_ms: number;
  readonly code?: string;
  readonly message?: string;
  /** How many there were, where one entry stands for several; left out, it is one. */
  readonly times?: number;
  readonly command_id?: string;
  readonly command_type?: string;
  readonly aggregate_type?: string;
  readonly aggregate_id?: string;
  readonly actor?: string;
  readonly actor_type?: string;
  readonly source?: string;
  readonly correlation_id?: string | null;
  readonly business_justification?: string | null;
  readonly approval_id?: string | null;
  readonly ip_address?: string | null;
  /** How whoever sent it was recognized: `key:<id>`. */
  readonly credential?: string;
  readonly command_timestamp?: string;
  readonly version?: number;
  readonly position?: string;
  /** The command's data without secret and personal fields. */
  readonly data?: unknown;
};

/** What became of every command. */
export type CommandJournal = {
  /**
   * Add to the journal, or to what is kept for a while only. Never rejects for want of a server: it
   * keeps a bounded number waiting.
   */
  journal(entry: JournalEntry, kept?: 'for a while'): void;
  /** Journal entries from a sequence on, for reports. */
  readJournal(
    from: number,
    /** Messages at most; one holds many entries. */
    most?: number,
  ): AsyncIterable<JournalEntry & { readonly sequence: number }>;
};
