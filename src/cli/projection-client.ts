import { z } from 'zod';
import { choices } from '../core/nearest.js';
import { type Answer, type Client, noServer, problemStop, Unreachable } from './client.js';
import { EXIT, Stop } from './exit.js';
import type { Paint } from './io.js';
import { userName } from './user-name.js';

/** Comparing, switching and retrying read many documents: they may take as long as that takes. */
const OPERATION_TIMEOUT_MS = 15 * 60_000;

const Source = z.looseObject({
  source: z.string(),
  sequence: z.number(),
  end: z.number(),
  lag_events: z.number(),
  lag_seconds: z.number(),
});
const Build = z.looseObject({
  generation: z.number(),
  version: z.number(),
  done: z.number(),
  total: z.number(),
  events_per_second: z.number(),
  eta_seconds: z.number().nullable(),
  caught_up: z.boolean(),
  switch_when_ready: z.boolean(),
});

/** The state of a projection as a server tells it. */
export const Status = z.looseObject({
  name: z.string(),
  summary: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  version: z.number(),
  generation: z.number(),
  documents: z.number(),
  sources: z.array(Source),
  lag_events: z.number(),
  lag_seconds: z.number(),
  parked_aggregates: z.number(),
  parked_events: z.number(),
  discarded_events: z.number(),
  build: Build.nullable(),
  previous: z.looseObject({ generation: z.number(), version: z.number() }).nullable(),
});
export type Status = z.output<typeof Status>;
const Statuses = z.looseObject({ projections: z.array(Status) });

/** Two sets of documents, compared. */
export const Comparison = z.looseObject({
  equal: z.boolean(),
  documents: z.number(),
  only_in_first: z.number(),
  only_in_second: z.number(),
  different: z.number(),
  differences: z.array(
    z.looseObject({
      key: z.string(),
      first: z.unknown().optional(),
      second: z.unknown().optional(),
    }),
  ),
  position: z.string(),
});
export type Comparison = z.output<typeof Comparison>;

const ParkedOne = z.looseObject({
  source: z.string(),
  aggregate_id: z.string(),
  sequence: z.number(),
  event_type: z.string(),
  error: z.string(),
  attempts: z.number(),
  waiting: z.number(),
  parked_at: z.string(),
});
export type ParkedOne = z.output<typeof ParkedOne>;
export const Parked = z.looseObject({ parked: z.array(ParkedOne) });
export const Drained = z.looseObject({ drained: z.number(), still_parked: z.number() });

/** A header carries bytes: UTF-8, one character per byte, which the server reads as UTF-8 again. */
export const headerValue = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** What is asked of the projections of one server. */
export class ProjectionClient {
  readonly #client: Client;
  readonly #paint: Paint;
  constructor(client: Client, paint: Paint) {
    this.#client = client;
    this.#paint = paint;
  }

  async all(): Promise<readonly Status[]> {
    return (await this.#client.read('/projections', Statuses, this.#paint)).projections;
  }

  /** One projection. A name that is not there ends the command, with the one that was meant. */
  async one(name: string): Promise<Status> {
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

  /** Answered JSON, or the end of the command with the problem. */
  async do(
    name: string,
    operation: string,
    body?: object,
    actor: string = userName(),
  ): Promise<unknown> {
    const answer = await this.#ask(name, operation, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-actor': headerValue(actor),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return answer.body;
  }

  async get(name: string, what: string): Promise<unknown> {
    return (await this.#ask(name, what, {})).body;
  }

  async #ask(name: string, operation: string, init: RequestInit): Promise<Answer> {
    const path = `/projections/${encodeURIComponent(name)}/${operation}`;
    const signal = AbortSignal.timeout(OPERATION_TIMEOUT_MS);
    let answer: Answer;
    try {
      answer = await this.#client.ask(path, { ...init, signal });
    } catch (error) {
      throw error instanceof Unreachable ? noServer(this.#client.server, error) : error;
    }
    if (answer.status >= 400) throw problemStop(answer, this.#paint);
    return answer;
  }
}
