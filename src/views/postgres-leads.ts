import { createHash } from 'node:crypto';
import pg from 'pg';

/** How long a lock that was held is believed to be held still. */
const LEAD_BELIEVED_MS = 2000;
const LEAD_ANSWER_MS = 5000;

/** An error that the server answered; after any other one the connection is not to be used again. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && !/^(57P|08)/.test(error.code ?? '');

/** Two numbers for one advisory lock: ours, and the projection's. */
export const lockOf = (projection: string): readonly [number, number] => {
  const hash = createHash('sha256').update(`stele ${projection}`).digest();
  return [hash.readInt32BE(0), hash.readInt32BE(4)];
};

/** The locks of the projections that this node leads, on a connection of their own. */
export class Leads {
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
    const client = await this.client?.catch(() => undefined);
    this.held.clear();
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async ask(projection: string): Promise<boolean> {
    const sure = this.held.get(projection);
    if (sure !== undefined && performance.now() - sure < LEAD_BELIEVED_MS) return true;
    const client = await this.connected();
    try {
      const { rows } = await client.query(
        sure === undefined ? 'select pg_try_advisory_lock($1, $2) as mine' : 'select true as mine',
        sure === undefined ? [...lockOf(projection)] : [],
      );
      const mine = rows[0]?.mine === true;
      if (mine) this.held.set(projection, performance.now());
      return mine;
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
    this.current = client;
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
