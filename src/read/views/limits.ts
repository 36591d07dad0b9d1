/** Every bound of a read store that somebody may have to wait for. Tests change some. */
export type ViewLimits = {
  /** Read transactions at a time; one more waits. */
  readonly readTransactionsMax: number;
  /** Of them of one who asks. */
  readonly readTransactionsOfOneMax: number;
  /** How long it waits. */
  readonly readTransactionWaitMs: number;
  /** How long one lasts at most: what is replaced meanwhile cannot be cleared away. */
  readonly readTransactionMs: number;
  /** How long PostgreSQL may work on one statement. */
  readonly statementMs: number;
  /** How long it may take to make one index. */
  readonly indexMs: number;
};

export const VIEW_LIMITS: ViewLimits = {
  readTransactionsMax: 16,
  readTransactionsOfOneMax: 12,
  readTransactionWaitMs: 5_000,
  readTransactionMs: 300_000,
  statementMs: 30_000,
  indexMs: 3_600_000,
};
