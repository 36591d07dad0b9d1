import { setTimeout as pause } from 'node:timers/promises';
import { uuid } from '../commands.js';
import { ask, type Door, tell } from './asking.js';
import type { Answer, At, Json, Ledger, Question, Read, Slug, Told } from './ledger.js';
import { positionsIn } from './truth.js';

/** Somebody with a key of their own, and whom they speak for; null for everybody. */
export type Person = { readonly key: string; readonly teams: readonly string[] | null };

/** What was acknowledged: something that every later question must know of. */
type Fact = {
  readonly slug: Slug;
  readonly id: string;
  readonly position: number;
  readonly version: number;
  readonly recorded_at: string;
};

const HOT_APPLICATIONS = ['hot-a', 'hot-b', 'hot-c', 'hot-d'];
const HOT_INTEGRATIONS = ['flow-a', 'flow-b', 'flow-c'];
const TEAMS = ['team-a', 'team-b'];
const SLAS = ['99%', '99.9%', '24/7'];
const LIFECYCLES = ['active', 'deprecated', 'retired'];
/** So few names that they are often taken, and wanted again as soon as they are free. */
const NAMES = Array.from({ length: 16 }, (_, index) => `Name ${index}`);
const RECENT_MAX = 40;
/** How often somebody who was told to come again does, before it is left for the end. */
const TRIES_MAX = 4;
const AGAIN_AFTER_MS = 150;
const SETTLED_WITHIN_MS = 60_000;

const one = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)]!;
const chance = (share: number): boolean => Math.random() < share;

const isAccepted = ({ status }: Answer): boolean => status === 200 || status === 201;
/** Nothing final was said: whoever wants to know asks again, with the same id. */
const isOpen = ({ status }: Answer): boolean => status === 0 || status === 503;

const isOfPosition = (question: Question): question is Read =>
  (question.kind === 'document' || question.kind === 'list') && 'as_of' in question.at;

type Wish = Omit<Told, 'kind' | 'command_id' | 'teams' | 'expected_version'>;

const application = (id: string, command_type: string, data: Json): Wish => ({
  slug: 'application',
  id,
  command_type,
  data,
});
const integration = (id: string, command_type: string, data: Json): Wish => ({
  slug: 'integration',
  id,
  command_type,
  data,
});

/** People who write and read at both nodes at once, and keep what they were told in a ledger. */
export class Crowd {
  readonly #doors: readonly string[];
  readonly #people: { readonly [name in 'architect' | 'a' | 'b' | 'auditor']: Person };
  readonly #ledger: Ledger;
  /** What was acknowledged last. */
  readonly #recent: Fact[] = [];
  /** Names that were given up a moment ago. */
  readonly #freed: string[] = [];
  /** Commands that were left without a final answer, and who sent them. */
  readonly #open: { readonly told: Told; readonly by: Person }[] = [];

  constructor(options: {
    readonly doors: readonly string[];
    readonly people: { readonly [name in 'architect' | 'a' | 'b' | 'auditor']: Person };
    readonly ledger: Ledger;
  }) {
    this.#doors = options.doors;
    this.#people = options.people;
    this.#ledger = options.ledger;
  }

  /** What the others need: hot applications, and what flows between them. */
  async begin(): Promise<void> {
    const { architect } = this.#people;
    for (const [index, id] of HOT_APPLICATIONS.entries())
      await this.#send(this.#created(id, `Hot ${index}`), architect);
    for (const [index, id] of HOT_INTEGRATIONS.entries())
      await this.#send(this.#connected(id, index), architect);
  }

  /** So many write, and so many read, as long as it goes on. */
  async act(
    { writers, readers }: { readonly writers: number; readonly readers: number },
    goesOn: () => boolean,
  ): Promise<void> {
    const each = (count: number, act: () => Promise<void>): Promise<void>[] =>
      Array.from({ length: count }, async () => {
        while (goesOn()) await act();
      });
    await Promise.all([
      ...each(writers, () => this.#writeOne()),
      ...each(readers, () => this.#readOne()),
    ]);
  }

  /** Ask again for whatever was left open, until something final is said. */
  async settle(): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    await Promise.all(
      this.#open.map(async ({ told, by }) => {
        for (;;) {
          const answer = await this.#tell(told, by, one(this.#doors));
          if (!isOpen(answer)) return;
          if (performance.now() > deadline) throw new Error(`${told.command_id} stays open`);
          await pause(AGAIN_AFTER_MS);
        }
      }),
    );
  }

  /** What was known as of a position is so for ever: ask both nodes for some of it again. */
  async askAgain(count: number): Promise<void> {
    const asked = this.#ledger.entries.map(({ question }) => question).filter(isOfPosition);
    const some = Array.from({ length: Math.min(count, asked.length) }, () => one(asked));
    for (const read of some) for (const url of this.#doors) await this.#ask(read, url);
  }

  #door(url: string, { key }: Person): Door {
    return { url, key };
  }

  #other(url: string): string {
    return this.#doors.find((door) => door !== url) ?? url;
  }

  #tell(told: Told, by: Person, url: string): Promise<Answer> {
    return this.#ledger.ask(told, () => tell(this.#door(url, by), told));
  }

  #ask(read: Read, url: string): Promise<Answer> {
    return this.#ledger.ask(read, () => ask(this.#door(url, this.#people.auditor), read));
  }

  #created(id: string, name: string): Wish {
    return application(id, 'CreateApplication', {
      name,
      owner: one(TEAMS),
      data_classification: 'internal',
      lifecycle: 'planned',
    });
  }

  #connected(id: string, index: number): Wish {
    const source = HOT_APPLICATIONS[index % HOT_APPLICATIONS.length]!;
    const target = HOT_APPLICATIONS[(index + 1) % HOT_APPLICATIONS.length]!;
    return integration(id, 'CreateIntegration', {
      source_app_id: source,
      target_app_id: target,
      protocol: 'rest',
    });
  }

  /** What somebody wants to change, and who that is. */
  #wish(): { readonly wish: Wish; readonly by: Person } {
    const { architect, a, b } = this.#people;
    const anybody = one([architect, a, b]);
    const hot = one(HOT_APPLICATIONS);
    const flow = one(HOT_INTEGRATIONS);
    const known = chance(0.5) ? hot : (this.#someApplication() ?? hot);
    const name = this.#freed.pop() ?? one(NAMES);
    const reason = 'it is called so';
    const kinds: (() => { wish: Wish; by: Person })[] = [
      () => ({ wish: this.#created(uuid(), chance(0.5) ? name : uuid()), by: architect }),
      () => ({ wish: this.#created(known, name), by: architect }),
      () => ({ wish: application(known, 'RenameApplication', { name, reason }), by: anybody }),
      () => ({ wish: application(known, 'RenameApplication', { name, reason }), by: architect }),
      () => ({ wish: application(known, 'SetOwner', { owner: one(TEAMS) }), by: anybody }),
      () => ({ wish: application(hot, 'SetOwner', { owner: one(TEAMS) }), by: architect }),
      () => ({ wish: this.#moved(), by: architect }),
      () => ({ wish: integration(flow, 'SetSla', { sla: one(SLAS) }), by: one([a, b]) }),
      () => ({ wish: integration(flow, 'SetSla', { sla: one(SLAS) }), by: one([a, b]) }),
      () => ({ wish: this.#rerouted(flow), by: anybody }),
      () => ({ wish: this.#rerouted(flow), by: architect }),
      () => ({ wish: application(uuid(), 'SetOwner', { owner: one(TEAMS) }), by: architect }),
    ];
    return one(kinds)();
  }

  #rerouted(flow: string): Wish {
    const end = one(['RerouteSource', 'RerouteTarget']);
    const app_id = chance(0.9) ? one(HOT_APPLICATIONS) : (this.#someApplication() ?? uuid());
    return integration(flow, end, { app_id, reason: 'it was moved' });
  }

  /** Only applications that are not hot come to the end of their lives. */
  #moved(): Wish {
    const id = this.#someApplication() ?? uuid();
    return application(id, 'TransitionLifecycle', { target_lifecycle: one(LIFECYCLES) });
  }

  #someApplication(): string | undefined {
    const cold = this.#recent.filter(
      ({ slug, id }) => slug === 'application' && !HOT_APPLICATIONS.includes(id),
    );
    return cold.length === 0 ? undefined : one(cold).id;
  }

  async #writeOne(): Promise<void> {
    const { wish, by } = this.#wish();
    await this.#send(wish, by);
  }

  /** Send a command, at one node or at both, and again where nothing final was said. */
  async #send(wish: Wish, by: Person): Promise<void> {
    const seen = this.#recent.findLast(({ id }) => id === wish.id);
    const told: Told = {
      ...wish,
      kind: 'command',
      command_id: uuid(),
      expected_version: seen && chance(0.15) ? seen.version : null,
      teams: by.teams,
    };
    const url = one(this.#doors);
    const first = this.#tell(told, by, url);
    const second = chance(0.15) ? this.#tell(told, by, this.#other(url)) : undefined;
    let answer = await first;
    const other = await second;
    if (other && isOpen(answer)) answer = other;
    for (let tries = 1; isOpen(answer) && tries < TRIES_MAX; tries++) {
      await pause(AGAIN_AFTER_MS * tries);
      answer = await this.#tell(told, by, tries % 2 === 1 ? this.#other(url) : url);
    }
    if (isOpen(answer)) this.#open.push({ told, by });
    if (!isAccepted(answer)) return;
    await this.#acknowledged(told, answer);
    // The other node hears of it again, or of something else under the same id.
    if (chance(0.1)) await this.#tell(told, by, this.#other(url));
    if ('reason' in told.data && chance(0.1)) {
      const data = { ...told.data, reason: 'something else' };
      await this.#tell({ ...told, data }, by, this.#other(url));
    }
    if (chance(0.5)) await this.#ask(this.#about(this.#recent.at(-1)!), this.#other(url));
  }

  async #acknowledged(told: Told, answer: Answer): Promise<void> {
    const { slug, id } = told;
    const events = answer.body.events as readonly {
      readonly event_timestamp: string;
      readonly data: Json;
    }[];
    const { event_timestamp: recorded_at, data } = events.at(-1)!;
    const position = positionsIn(answer.position!).get(slug)!;
    const version = Number(answer.body.aggregate_version);
    this.#recent.push({ slug, id, position, version, recorded_at });
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    if (typeof data.previous_name === 'string' && NAMES.includes(data.previous_name))
      this.#freed.push(data.previous_name);
  }

  /** Something that must be known of what was acknowledged. */
  #about({ slug, id, position, version, recorded_at }: Fact): Read {
    const now: At = chance(0.5) ? { now: true, min: position } : { now: true };
    const moments: readonly At[] = [
      { as_of: position },
      { as_of: position },
      { version },
      { effective_at: recorded_at },
      now,
    ];
    const lists: readonly At[] = [
      ...(slug === 'application' ? [{ as_of: position }] : []),
      { effective_at: recorded_at },
      { now: true },
      slug === 'application' ? now : { now: true },
    ];
    const kinds: (() => Read)[] = [
      () => ({ kind: 'document', slug, id, at: one(moments) }),
      () => ({ kind: 'document', slug, id, at: one(moments) }),
      () => ({ kind: 'list', owner: one([null, ...TEAMS]), at: one(lists) }),
      () => ({ kind: 'events', slug, id }),
      () => ({ kind: 'possible', slug, id }),
      () => ({ kind: 'history', slug, id, ...(chance(0.5) && { min: position }) }),
      () => ({ kind: 'diff', slug, id, from: position }),
      () => ({ kind: 'stream', slug, id, version }),
    ];
    return one(kinds)();
  }

  async #readOne(): Promise<void> {
    const fact = this.#recent.length === 0 ? undefined : one(this.#recent);
    const nobody: Read = {
      kind: 'document',
      slug: 'application',
      id: uuid(),
      at: { now: true },
    };
    await this.#ask(fact && chance(0.97) ? this.#about(fact) : nobody, one(this.#doors));
  }
}
