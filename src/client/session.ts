import { actorHeader } from './actor-header.js';
import { address, type Params } from './address.js';
import { follow } from './follow.js';
import { newCommandId } from './new-command-id.js';
import { Positions } from './positions.js';
import { SteleProblem } from './stele-problem.js';
import { type ClientOptions, type Request, Transport } from './transport.js';
import type { Following, Sending } from './types.js';

type Command = {
  readonly aggregate_type: string;
  readonly aggregate_id?: string;
  readonly command_type: string;
  readonly data: unknown;
};
type Writing = { readonly method: string; readonly path: string; readonly body: object };

/** What asks about another moment: what was written since does not show there. */
const MOMENTS = ['as_of', 'effective_at', 'version'];

/** What all parts of one client share: the way to the node, and what was written. */
export class Session {
  readonly transport: Transport;
  readonly #actor: string | undefined;
  readonly #positions: Positions;
  #paths: Promise<ReadonlyMap<string, string>> | undefined;

  /** @param reflectedMs how long what was written is waited for where it is read */
  constructor(options: ClientOptions, reflectedMs: number = Number.POSITIVE_INFINITY) {
    this.#positions = new Positions(reflectedMs);
    this.transport = new Transport(options);
    this.#actor = options.actor;
  }

  /** Where the resources of a type are: the node says so, once. */
  async pathOf(type: string): Promise<string> {
    this.#paths ??= this.#askPaths();
    // What failed is asked again.
    this.#paths.catch(() => {
      this.#paths = undefined;
    });
    const path = (await this.#paths).get(type);
    if (path === undefined) throw new TypeError(`the node has no aggregate type ${type}`);
    return path;
  }

  async #askPaths(): Promise<ReadonlyMap<string, string>> {
    const { aggregates } = await this.transport.json<{
      aggregates: readonly { aggregate_type: string; paths: readonly string[] }[];
    }>({ path: '/' });
    return new Map(aggregates.map(({ aggregate_type, paths }) => [aggregate_type, paths[0]!]));
  }

  /** A command with its id: sent again, it is the same one. */
  async send<R>(command: Command, { signal, ...options }: Sending): Promise<R> {
    const { justification, approval_id, command_id = newCommandId(), ...rest } = options;
    const actor = options.actor ?? this.#actor;
    return this.tell<R>({
      method: 'POST',
      path: '/commands',
      signal,
      body: {
        command_id,
        actor_type: 'user',
        source: 'api',
        command_timestamp: new Date().toISOString(),
        ...command,
        ...rest,
        ...(actor !== undefined && { actor }),
        metadata: {
          ...(justification !== undefined && { business_justification: justification }),
          ...(approval_id !== undefined && { approval_id }),
        },
      },
    });
  }

  /** A resource is written; the same key again is the same request. */
  async write<R>({ method, path, body }: Writing, options: Sending): Promise<R> {
    const { justification, approval_id, command_id = newCommandId(), signal } = options;
    const { correlation_id, expected_version, dry_run, actor = this.#actor } = options;
    return this.tell<R>({
      method,
      signal,
      path: address(path, { dry_run: dry_run || undefined }),
      headers: {
        'idempotency-key': command_id,
        ...(expected_version !== undefined && { 'if-match': `"${expected_version}"` }),
        ...(actor !== undefined && actorHeader(actor)),
      },
      body: {
        ...body,
        ...(justification !== undefined && { business_justification: justification }),
        ...(approval_id !== undefined && { approval_id }),
        ...(correlation_id !== undefined && { correlation_id }),
      },
    });
  }

  /** What writes: what is read from now on reflects it. */
  async tell<R>(request: Request): Promise<R> {
    const answer = await this.transport.json<{ readonly position?: string | null }>(request);
    this.#positions.wrote(answer.position);
    return answer as R;
  }

  /** Documents that reflect what this client wrote, unless they are of another moment. */
  async read<R>(path: string, query: object, how: Omit<Request, 'path'> = {}): Promise<R> {
    const params = query as Params;
    const past = MOMENTS.some((name) => params[name] !== undefined);
    const min_position = past ? undefined : this.#positions.text;
    const get = (more: Params): Promise<R> =>
      this.transport.json({ ...how, path: address(path, { ...params, ...more }) });
    try {
      return await get({ min_position });
    } catch (error) {
      const ahead =
        error instanceof SteleProblem && error.errors.some(({ field }) => field === 'min_position');
      if (!ahead || min_position === undefined) throw error;
      // The log was restored to before what was written.
      this.#positions.forget();
      return get({});
    }
  }

  follow<E>(about: Params, following: Following): AsyncGenerator<E> {
    const { after, onPosition, signal, ...filters } = following;
    const path = address('/events/stream', { ...about, ...filters });
    return follow<E>(this.transport, { path, after, onPosition, signal });
  }
}
