import type { Session } from './session.js';
import type {
  Accepted,
  Change,
  CommandOf,
  DataOf,
  DocumentOf,
  EventOf,
  FieldsOf,
  Following,
  Moment,
  NameOf,
  Page,
  Possible,
  Query,
  Sending,
  Written,
} from './types.js';

/** One type of aggregate: begin one, look through all of them. */
export class Collection<T, D = DocumentOf<T>> {
  readonly #session: Session;
  readonly #name: NameOf<T>;

  constructor(session: Session, name: NameOf<T>) {
    this.#session = session;
    this.#name = name;
  }

  /** One of them, whether or not it exists yet. */
  one(id: string): One<T, D> {
    return new One(this.#session, this.#name, id);
  }

  /** A command that begins one; the server names it. */
  send<K extends CommandOf<T>>(
    type: K,
    data: DataOf<T, K>,
    options: Sending = {},
  ): Promise<Accepted<T>> {
    return this.#session.send({ aggregate_type: this.#name, command_type: type, data }, options);
  }

  /** A new one with these fields: all of it, or nothing. */
  async create(fields: FieldsOf<T>, options: Sending = {}): Promise<Written<T>> {
    const path = await this.#session.pathOf(this.#name);
    return this.#session.write({ method: 'POST', path, body: fields }, options);
  }

  /** One page. */
  async page(
    query: Query & { readonly page?: number; readonly cursor?: string } = {},
  ): Promise<Page<D>> {
    const path = await this.#session.pathOf(this.#name);
    return this.#session.read(path, query);
  }

  /** All of them that match, page by page as they are taken. */
  async *list(query: Query = {}): AsyncGenerator<D> {
    for (let place: { cursor?: string; page?: number } = {}; ; ) {
      const { items, next_cursor, page, has_more } = await this.page({ ...query, ...place });
      yield* items;
      if (!has_more) return;
      place = next_cursor === null ? { page: (page ?? 0) + 1 } : { cursor: next_cursor };
    }
  }

  /** Their events as they happen. */
  events(following: Following = {}): AsyncGenerator<EventOf<T>> {
    return this.#session.follow<EventOf<T>>({ aggregate_type: this.#name }, following);
  }
}

/** One aggregate: tell it something, ask what it is and was. */
export class One<T, D = DocumentOf<T>> {
  readonly id: string;
  readonly #session: Session;
  readonly #name: NameOf<T>;

  constructor(session: Session, name: NameOf<T>, id: string) {
    this.#session = session;
    this.#name = name;
    this.id = id;
  }

  /** A command. Sent again by itself when nobody knows what became of it: it is done once. */
  send<K extends CommandOf<T>>(
    type: K,
    data: DataOf<T, K>,
    options: Sending = {},
  ): Promise<Accepted<T>> {
    const { id: aggregate_id } = this;
    return this.#session.send(
      { aggregate_type: this.#name, aggregate_id, command_type: type, data },
      options,
    );
  }

  /** What it is now, with all that this client wrote. */
  async get(query: { readonly include_deleted?: boolean } = {}): Promise<D> {
    return this.#session.read(await this.#path(), query);
  }

  /** What it was at a version or a moment. */
  async at(moment: Moment, query: { readonly include_deleted?: boolean } = {}): Promise<D> {
    const asked =
      typeof moment === 'number'
        ? { version: moment }
        : typeof moment === 'string'
          ? { as_of: moment }
          : moment;
    return this.#session.read(await this.#path(), { ...query, ...asked });
  }

  /** Other values for some fields: all of them, or nothing. */
  async patch(fields: FieldsOf<T>, options: Sending = {}): Promise<Written<T>> {
    return this.#session.write(
      { method: 'PATCH', path: await this.#path(), body: fields },
      options,
    );
  }

  /** The document as it was read, with other values. */
  async replace(fields: FieldsOf<T>, options: Sending = {}): Promise<Written<T>> {
    return this.#session.write({ method: 'PUT', path: await this.#path(), body: fields }, options);
  }

  /** Delete it. */
  async remove(
    fields: Readonly<Record<string, unknown>> = {},
    options: Sending = {},
  ): Promise<Written<T>> {
    return this.#session.write(
      { method: 'DELETE', path: await this.#path(), body: fields },
      options,
    );
  }

  /** Who changed what, when and why, the latest first. */
  async *history(
    query: { readonly field?: string; readonly sort?: string } = {},
  ): AsyncGenerator<Change> {
    const path = await this.#path('/history');
    for (let page = 1; ; page++) {
      const told: Page<Change> = await this.#session.read(path, { ...query, page });
      yield* told.items;
      if (!told.has_more) return;
    }
  }

  /** Which commands it takes now, and why not the others. */
  async possible(): Promise<Possible<T>> {
    return this.#session.transport.json({ path: await this.#path('/commands') });
  }

  /** Its events as they happen; with `from: 'start'` all there are before. */
  events(following: Following = {}): AsyncGenerator<EventOf<T>> {
    const about = { aggregate_type: this.#name, aggregate_id: this.id };
    return this.#session.follow<EventOf<T>>(about, following);
  }

  async #path(below = ''): Promise<string> {
    return `${await this.#session.pathOf(this.#name)}/${encodeURIComponent(this.id)}${below}`;
  }
}
