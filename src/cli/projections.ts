import { actorHeader } from '../client/actor-header.js';
import type { Transport } from '../client/transport.js';
import { verifyProjection } from '../client/verify-projection.js';
import { choices } from '../core/nearest.js';
import { EXIT, Stop } from './exit.js';
import { Comparison, type ProjectionStatus, Statuses } from './projection-status.js';
import { userName } from './user-name.js';

/** Comparing, switching and retrying read many documents: they may take as long as that takes. */
const OPERATION_WITHIN_MS = 15 * 60_000;

/** What is asked of the projections of one server. */
export class Projections {
  readonly #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async all(): Promise<readonly ProjectionStatus[]> {
    return Statuses.parse(await this.#transport.json({ path: '/projections' })).projections;
  }

  /** One projection. A name that is not there ends the command, with the one that was meant. */
  async one(name: string): Promise<ProjectionStatus> {
    const all = await this.all();
    const found = all.find((one) => one.name === name);
    if (found) return found;
    const names = all.map((one) => one.name);
    if (names.length === 0) throw new Stop('this Stele has no projections', EXIT.notFound);
    throw new Stop(
      `there is no projection "${name}"${choices(name, names, 'there are')}`,
      EXIT.notFound,
    );
  }

  do(name: string, operation: string, body?: object, actor: string = userName()): Promise<unknown> {
    return this.#transport.json({
      method: 'POST',
      path: pathOf(name, operation),
      body,
      headers: actorHeader(actor),
      withinMs: OPERATION_WITHIN_MS,
    });
  }

  get(name: string, what: string): Promise<unknown> {
    return this.#transport.json({ path: pathOf(name, what), withinMs: OPERATION_WITHIN_MS });
  }

  /** Have the documents computed anew from the log and compared. */
  async verify(name: string, onProgress: (done: number, total: number) => void) {
    const headers = actorHeader(userName());
    return Comparison.parse(await verifyProjection(this.#transport, { name, headers, onProgress }));
  }
}

const pathOf = (name: string, operation: string): string =>
  `/projections/${encodeURIComponent(name)}/${operation}`;
