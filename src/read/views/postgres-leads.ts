import { createHash } from 'node:crypto';
import pg from 'pg';

/** How often the session that holds locks shows the server that its process is alive. */
const LEAD_BEAT_MS = 1_000;
/** How long a lock that was held is believed to be held still: less than the server is patient. */
const LEAD_BELIEVED_MS = 2_000;
const LEAD_ANSWER_MS = 5_000;
/**
 * A session that says nothing for so long is ended by the server, and its locks are free: its
 * process hangs, or its host is gone.
 */
export const LEAD_SILENT_MS = 8_000;
/** What the server may not know, being too old or on a system that has no such thing. */
const SESSION = [
  `set idle_session_timeout = ${LEAD_SILENT_MS}`,
  `set tcp_keepalives_idle = 4`,
  `set tcp_keepalives_interval = 2`,
  `set tcp_keepalives_count = 2`,
  `set tcp_user_timeout = ${LEAD_SILENT_MS}`,
];

/** An error that the server answered; after any other one the connection is not to be used again. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? '');

/** Two numbers for one advisory lock: ours, and the projection's. */
export const lockOf = (projection: string): readonly [number, number] => {
  const hash = createHash('sha256').update(`stele ${projection}`).digest();
  return [hash.readInt32BE(0), hash.readInt32BE(4)];
};

/**
 * The locks of the projections that this node leads, on a connection of their own. Who holds one
 * saves others work; what keeps two from writing is the commit.
 */
export class Leads {
  private beat: NodeJS.Timeout | undefined;
  private client: Promise<pg.Client> | undefined;
  private current: pg.Client | undefined;
  private readonly held = new Map<string, number>();
  private tail: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly config: pg.ClientConfig) {}

  /** One question at a time: a connection takes no more. */
  lead(projection: string): Promise<boolean> {
    const answer = this.tail.then(() => this.ask(projection));
    this.tail = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.beat);
    const client = await this.client?.catch(() => undefined);
    this.held.clear();
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async ask(projection: string): Promise<boolean> {
    if (this.held.has(projection)) {
      const sure = this.held.get(projection)!;
      if (performance.now() - sure < LEAD_BELIEVED_MS) return true;
      // Its session may have been ended while this process hung: then it asks like everybody else.
      if (await this.isAlive()) return true;
    }
    const client = await this.connected();
    const { rows } = await this.query(
      client,
      'select pg_try_advisory_lock($1, $2) as mine',
      lockOf(projection),
    );
    const mine = rows[0]?.mine === true;
    if (mine) this.held.set(projection, performance.now());
    return mine;
  }

  /** Whether the session that holds the locks is there; it lets go of them when it is not. */
  private async isAlive(): Promise<boolean> {
    const client = this.current;
    if (!client || this.held.size === 0) return false;
    const asked = performance.now();
    const there = await this.query(client, 'select 1').catch(() => undefined);
    if (!there) return false;
    for (const projection of this.held.keys()) this.held.set(projection, asked);
    return this.held.size > 0;
  }

  private async query(
    client: pg.Client,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult> {
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      if (!isAnswer(error)) this.lost(client);
      throw error;
    }
  }

  private connected(): Promise<pg.Client> {
    this.client ??= this.connect().catch((error: unknown) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  private async connect(): Promise<pg.Client> {
    if (this.closed) throw new Error('closed');
    const client = new pg.Client({ ...this.config, query_timeout: LEAD_ANSWER_MS });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    await client.connect();
    for (const setting of SESSION)
      await client.query(setting).catch((error: unknown) => {
        if (!isAnswer(error)) throw error;
      });
    this.current = client;
    this.beat ??= setInterval(() => {
      this.tail = this.tail.then(() => this.isAlive()).catch(() => undefined);
    }, LEAD_BEAT_MS).unref();
    return client;
  }

  private lost(client: pg.Client): void {
    if (this.current !== client) return;
    this.current = undefined;
    this.client = undefined;
    this.held.clear();
    client.end().catch(() => undefined);
  }
}
