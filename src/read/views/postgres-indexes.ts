import pg from 'pg';
import { isAnswer } from './postgres-leads.js';

/** Connections for indexes: all projections may want theirs at once, when they begin. */
const INDEX_CONNECTIONS_MAX = 8;
/** How long a connection waits for the server beyond what that may take. */
const ANSWER_LATE_MS = 5_000;

/** Makes indexes, which takes as long as there are documents: on connections for nothing else. */
export class PostgresIndexes {
  readonly #pool: pg.Pool;
  readonly #config: pg.ClientConfig;
  readonly #closing = new AbortController();

  /** @param ms the longest that one may take */
  constructor(config: pg.ClientConfig, ms: number) {
    this.#config = config;
    const patient = { ...config, statement_timeout: ms, query_timeout: ms + ANSWER_LATE_MS };
    this.#pool = new pg.Pool({ ...patient, max: INDEX_CONNECTIONS_MAX });
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Rejects with the signal, and when the store is closed: then the server gives it up, too. */
  async make(statement: string, signal: AbortSignal | undefined): Promise<void> {
    const ended = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    ended.throwIfAborted();
    const client = await this.#pool.connect();
    const cancel = (): void => void this.#cancel(client);
    ended.addEventListener('abort', cancel, { once: true });
    let broken = false;
    try {
      if (!ended.aborted) await client.query(statement);
      ended.throwIfAborted();
    } catch (error) {
      // Nor is one used again that the server may be about to cancel.
      broken = !isAnswer(error) || ended.aborted;
      throw error;
    } finally {
      ended.removeEventListener('abort', cancel);
      client.release(broken);
    }
  }

  /** Whatever is under way comes to an end. */
  stop(): void {
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#pool.end();
  }

  /** Who just goes away leaves the server at work, and others waiting for the table. */
  async #cancel({ processID }: pg.PoolClient & { readonly processID?: number }): Promise<void> {
    const client = new pg.Client(this.#config);
    client.on('error', () => undefined);
    await client.connect().catch(() => undefined);
    await client.query('select pg_cancel_backend($1)', [processID]).catch(() => undefined);
    await client.end().catch(() => undefined);
  }
}
