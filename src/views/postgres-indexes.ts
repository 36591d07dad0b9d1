import pg from 'pg';

/** How long a connection waits for the server beyond what that may take. */
const ANSWER_LATE_MS = 5_000;

/** Makes indexes, which takes as long as there are documents: on a connection that lasts for one. */
export class PostgresIndexes {
  readonly #config: pg.ClientConfig;
  readonly #closing = new AbortController();

  /** @param ms the longest that one may take */
  constructor(config: pg.ClientConfig, ms: number) {
    this.#config = { ...config, statement_timeout: ms, query_timeout: ms + ANSWER_LATE_MS };
  }

  /** Rejects with the signal, and when the store is closed: then the server gives it up, too. */
  async make(statement: string, signal: AbortSignal | undefined): Promise<void> {
    const ended = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    ended.throwIfAborted();
    const client = await this.#connected();
    const cancel = (): void => void this.#cancel(client);
    ended.addEventListener('abort', cancel, { once: true });
    try {
      if (!ended.aborted) await client.query(statement);
      ended.throwIfAborted();
    } finally {
      ended.removeEventListener('abort', cancel);
      await client.end().catch(() => undefined);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  async #connected(): Promise<pg.Client> {
    const client = new pg.Client(this.#config);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Who just goes away leaves the server at work, and others waiting for the table. */
  async #cancel({ processID }: pg.Client & { readonly processID?: number }): Promise<void> {
    const client = await this.#connected().catch(() => undefined);
    await client?.query('select pg_cancel_backend($1)', [processID]).catch(() => undefined);
    await client?.end().catch(() => undefined);
  }
}
