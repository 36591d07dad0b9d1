import { createConnection } from 'node:net';
import {
  connect,
  createInbox,
  headers,
  type Msg,
  type NatsConnection,
} from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { parseCommand } from '../src/core/command.js';
import { isRefusal } from '../src/core/refusal.js';
import { schemasOf } from '../src/core/schema.js';
import { serveCommands } from '../src/edge/nats/index.js';
import { DESCRIPTIONS_PER_SECOND } from '../src/edge/nats/service-requests.js';
import type { Problem } from '../src/edge/wire/problem.js';
import type { Accepted } from '../src/write/runtime/outcome.js';
import { Runtime } from '../src/write/runtime/runtime.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import { createApplication, uuid } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { TalkingLamp } from './support/talking-lamps.js';
import { openTestStore } from './support/test-store.js';

type Node = {
  readonly runtime: Runtime;
  readonly store: NatsStore;
  /** Stops answering; the rest goes on. */
  leave(): Promise<void>;
  close(): Promise<void>;
};
type Info = {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly endpoints: readonly {
    readonly name: string;
    readonly subject: string;
    readonly queue_group: string;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
};

const SILENT = { warn: () => {}, error: () => {} };
const CREATE = 'cmd.application.CreateApplication';
const MAX_BYTES = 1024 * 1024;
const { command_type: _, aggregate_type: __, ...whole } = createApplication('x');
/** What a client sends: the envelope without what the subject says. */
const creation = (id: string, more: object = {}) => ({
  ...whole,
  command_id: uuid(),
  aggregate_id: id,
  data: { ...whole.data, name: `App ${id}` },
  ...more,
});

describe('commands over NATS', () => {
  let server: TestServer;
  let node: Node;
  let client: NatsConnection;

  const startNode = async (): Promise<Node> => {
    const nc = await connect({ servers: server.url });
    const store = await openTestStore(nc, { kinds: actors });
    const runtime = new Runtime({ definitions: actors, store, log: SILENT });
    const service = await serveCommands(nc, runtime, { version: '0.1.0', log: SILENT });
    let left: Promise<void> | undefined;
    const leave = () => {
      left ??= service.close();
      return left;
    };
    const close = async () => {
      await leave();
      await runtime.drain();
      await store.close();
      await nc.drain();
    };
    return { runtime, store, leave, close };
  };
  const ask = (subject: string, body: unknown, hdrs = headers(), by = client): Promise<Msg> =>
    by.request(subject, typeof body === 'string' ? body : JSON.stringify(body), {
      timeout: PATIENCE_MS,
      headers: hdrs,
    });
  const ok = async (subject: string, body: unknown, by = client): Promise<Accepted> => {
    const msg = await ask(subject, body, headers(), by);
    if (msg.headers?.has('Nats-Service-Error')) throw new Error(msg.string());
    return msg.json<Accepted>();
  };
  /** The problem a request was answered with, and that its headers say the same. */
  const problem = async (subject: string, body: unknown): Promise<Problem> => {
    const msg = await ask(subject, body);
    const told = msg.json<Problem>();
    expect(msg.headers?.get('Nats-Service-Error')).toBe(told.code);
    expect(msg.headers?.get('Nats-Service-Error-Code')).toBe(String(told.status));
    expect(msg.headers?.get('traceparent')).toContain(told.trace_id);
    return told;
  };
  /** What a message is answered with whose header lines are of no client: over a plain socket. */
  const askRaw = async (...lines: readonly string[]): Promise<Problem> => {
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
    try {
      const block = Buffer.from(`NATS/1.0\r\n${lines.map((one) => `${one}\r\n`).join('')}\r\n`);
      const inbox = createInbox();
      const answer = client.subscribe(inbox, { max: 1, timeout: PATIENCE_MS });
      await client.flush();
      socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
      socket.write(`HPUB ${CREATE} ${inbox} ${block.length} ${block.length + 2}\r\n`);
      socket.write(Buffer.concat([block, Buffer.from('{}\r\n')]));
      for await (const msg of answer) return msg.json<Problem>();
      throw new Error('no answer came');
    } finally {
      socket.destroy();
    }
  };
  const all = async <T>(subject: string): Promise<T[]> => {
    const found: T[] = [];
    for await (const msg of await client.requestMany(subject, '', { maxWait: 500, maxMessages: 9 }))
      found.push(msg.json<T>());
    return found;
  };
  const application = () => node.runtime.registry.aggregate('Application')!;
  const history = (id: string) => node.store.read(application(), id, 1);

  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startNode();
    client = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await client.close();
    await node.close();
    await server.stop();
  });

  describe('are found', () => {
    it('by anyone who asks which services there are', async () => {
      expect(await all<Info>('$SRV.PING')).toEqual([
        expect.objectContaining({ name: 'stele', version: '0.1.0' }),
      ]);
    });

    it('each under a subject of its own, with its schema and what it needs', async () => {
      const [info] = await all<Info>('$SRV.INFO.stele');
      const listed = new Map(info!.endpoints.map((one) => [one.subject, one]));
      const wanted = actors.flatMap((definition) =>
        Object.entries(definition.commands).flatMap(([type, spec]) =>
          [type, ...(spec.aliases ?? [])].map((called) => ({ definition, type, spec, called })),
        ),
      );
      expect(listed.size).toBe(wanted.length);
      for (const { definition, type, spec, called } of wanted) {
        const found = listed.get(`cmd.${definition.slug}.${called}`)!;
        expect(found).toMatchObject({ name: called, queue_group: 'stele' });
        expect(found.metadata.roles).toBe(spec.roles.join(','));
        expect(found.metadata.needs!.includes('approval_id')).toBe(spec.approval ?? false);
        expect(found.metadata.needs!.includes('justification')).toBe(spec.sensitive ?? false);
        if (called !== type) expect(found.metadata.alias_of).toBe(type);
        else
          expect(JSON.parse(found.metadata.schema!)).toEqual(
            JSON.parse(JSON.stringify(schemasOf(definition).commands[type]!.data)),
          );
      }
    });
  });

  describe('are taken', () => {
    it('without what the subject says: the answer is what was written', async () => {
      const id = uuid();
      const command = creation(id, { correlation_id: 'c-1' });
      const answer = await ok(CREATE, command);
      expect(answer).toMatchObject({
        command_id: command.command_id,
        aggregate_type: 'Application',
        aggregate_id: id,
        aggregate_version: 1,
        replayed: false,
        events: [
          {
            event_type: 'ApplicationCreated',
            actor: 'user-123',
            causation_id: command.command_id,
            correlation_id: 'c-1',
          },
        ],
      });
      expect(await history(id)).toMatchObject([
        { event_id: answer.events[0]!.event_id, data: answer.events[0]!.data },
      ]);
    });

    it('with no more than who asks and what for', async () => {
      const answer = await ok(CREATE, {
        actor: 'ada',
        data: { ...whole.data, name: `App ${uuid()}` },
      });
      expect(answer.events[0]).toMatchObject({
        actor: 'ada',
        actor_type: 'user',
        source: 'api',
        causation_id: answer.command_id,
      });
      expect(answer.aggregate_id).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('with the types of the subject said again, in any spelling', async () => {
      for (const [aggregate_type, command_type] of [
        ['Application', 'CreateApplication'],
        ['applications', 'create-application'],
      ]) {
        const answer = await ok(CREATE, creation(uuid(), { aggregate_type, command_type }));
        expect(answer.events[0]!.event_type).toBe('ApplicationCreated');
      }
    });

    it('under an alias as under the name', async () => {
      const [child, parent] = [uuid(), uuid()];
      const by = { actor: 'ada' };
      for (const id of [child, parent])
        await ok('cmd.business-capability.CreateCapability', {
          ...by,
          aggregate_id: id,
          data: { name: `Capability ${id}` },
        });
      const [definition, type, alias] = actors
        .flatMap((one) =>
          Object.entries(one.commands).map(
            ([name, spec]) => [one, name, spec.aliases?.[0]] as const,
          ),
        )
        .find(([one, , called]) => one.name === 'BusinessCapability' && called)!;
      const subject = `cmd.${definition.slug}.${alias}`;
      const data = { parent_id: parent };
      const one = await ok(subject, { ...by, aggregate_id: child, data });
      expect(definition.commands[type]!.emits).toContain(one.events[0]!.event_type);
      const wrong = { ...by, aggregate_id: child, data: {} };
      expect((await problem(subject, wrong)).message).toContain(`${type} is not right`);
    });

    it('with the trace of the request: it stands in the event', async () => {
      const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
      const traced = headers();
      traced.set('traceparent', traceparent);
      const id = uuid();
      const answered = await ask(CREATE, creation(id), traced);
      expect(answered.headers?.get('traceparent')).toBe(traceparent);
      expect(await history(id)).toMatchObject([{ traceparent }]);
      const refused = await ask(CREATE, creation(id), traced);
      expect(refused.json()).toMatchObject({ code: 'ALREADY_EXISTS', trace_id: 'ab'.repeat(16) });
      const own = `00-${'11'.repeat(16)}-${'22'.repeat(8)}-00`;
      const other = uuid();
      await ask(CREATE, creation(other, { metadata: { traceparent: own } }), traced);
      expect(await history(other)).toMatchObject([{ traceparent: own }]);
      const none = uuid();
      await ok(CREATE, creation(none));
      expect(await history(none)).toMatchObject([{ traceparent: null }]);
    });

    it('once, however often they are sent', async () => {
      const id = uuid();
      const command = creation(id);
      const answers = await Promise.all(Array.from({ length: 10 }, () => ok(CREATE, command)));
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      const later = await ok(CREATE, command);
      for (const answer of answers) expect({ ...answer, replayed: true }).toEqual(later);
      expect(await history(id)).toHaveLength(1);
      const data = { ...command.data, owner: 'another' };
      expect(await problem(CREATE, { ...command, data })).toMatchObject({
        status: 409,
        code: 'COMMAND_ID_REUSED',
      });
    });

    it('from several clients at once, each answered with its own', async () => {
      const id = uuid();
      await ok(CREATE, creation(id));
      const second = await connect({ servers: server.url });
      const owners = Array.from({ length: 50 }, (_, n) => `team ${n}`);
      const answers = await Promise.all(
        owners.map((owner, n) =>
          ok(
            'cmd.application.SetOwner',
            { actor: 'ada', aggregate_id: id, data: { owner } },
            n % 2 ? client : second,
          ),
        ),
      );
      await second.close();
      const told = answers.map(
        ({ events }) => (events[0]!.data as { new_owner: string }).new_owner,
      );
      expect(told).toEqual(owners);
      expect(new Set(answers.map(({ aggregate_version }) => aggregate_version)).size).toBe(50);
      expect(await history(id)).toHaveLength(51);
    });
  });

  describe('are refused', () => {
    it.each<[string, number, string, (id: string) => object]>([
      ['no actor', 400, 'MALFORMED_COMMAND', (id) => ({ ...creation(id), actor: undefined })],
      ['a field that is none', 400, 'MALFORMED_COMMAND', (id) => creation(id, { colour: 'red' })],
      ['an id that is none', 400, 'MALFORMED_COMMAND', (id) => creation(id, { command_id: '7' })],
      ['metadata that is none', 400, 'MALFORMED_COMMAND', (id) => creation(id, { metadata: 'x' })],
      ['data that is missing', 422, 'VALIDATION_ERROR', (id) => creation(id, { data: {} })],
      [
        'data that is not right',
        422,
        'VALIDATION_ERROR',
        (id) => creation(id, { data: { ...whole.data, data_classification: 'cosmic', size: 3 } }),
      ],
      [
        'a time that only imports may say',
        422,
        'VALIDATION_ERROR',
        (id) => creation(id, { metadata: { effective_at: '2016-01-01T00:00:00Z' } }),
      ],
    ])('as everywhere else: %s', async (_, status, code, make) => {
      const id = uuid();
      const said = { aggregate_type: 'Application', command_type: 'CreateApplication' };
      const command = JSON.parse(JSON.stringify(make(id))) as object;
      const expected = parseCommand(node.runtime.registry, { ...command, ...said });
      if (!isRefusal(expected)) throw new Error('accepted');
      expect(await problem(CREATE, command)).toMatchObject({
        status,
        code,
        type: `urn:stele:problem:${code.toLowerCase().replaceAll('_', '-')}`,
        message: expected.message,
        detail: expected.message,
        errors: expected.errors,
      });
      expect(await history(id)).toEqual([]);
    });

    it('by the domain, with what would help', async () => {
      const [one, two] = [uuid(), uuid()];
      const { data } = creation(one);
      const owner = (id: string) => ({ actor: 'ada', aggregate_id: id, data: { owner: 'x' } });
      expect(await problem('cmd.application.SetOwner', owner(one))).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
      });
      await ok(CREATE, creation(one, { data }));
      expect(await problem(CREATE, creation(two, { data }))).toMatchObject({
        status: 409,
        code: 'NAME_TAKEN',
        details: { held_by: one },
      });
      const gone = { actor: 'ada', aggregate_id: one, data: { reason: 'old' } };
      expect(await problem('cmd.application.DeleteApplication', gone)).toMatchObject({
        status: 422,
        code: 'JUSTIFICATION_REQUIRED',
      });
    });

    it.each([
      ['no JSON', '{"actor":'],
      ['nothing', ''],
      ['a list', '[]'],
      ['a text', '"CreateApplication"'],
      ['null', 'null'],
      ['a number', '7'],
    ])('when the request is %s', async (_, body) => {
      expect(await problem(CREATE, body)).toMatchObject({
        status: 400,
        code: 'MALFORMED_COMMAND',
        message: expect.stringMatching(/^the request (is not JSON|must be a JSON object)/),
      });
    });

    it('when the request is too large, and only then', async () => {
      const id = uuid();
      const padded = (bytes: number) => {
        const body = JSON.stringify(creation(id));
        return body + ' '.repeat(bytes - body.length);
      };
      expect(await problem(CREATE, padded(MAX_BYTES + 1))).toMatchObject({
        status: 413,
        code: 'PAYLOAD_TOO_LARGE',
        message: expect.stringContaining(String(MAX_BYTES + 1)),
      });
      expect(await history(id)).toEqual([]);
      expect(await ok(CREATE, padded(MAX_BYTES))).toMatchObject({ aggregate_id: id });
    });

    it.each([
      ['aggregate_type', 'Server'],
      ['aggregate_type', 'Nonsense'],
      ['command_type', 'SetOwner'],
      ['command_type', 'UpdateApplication'],
      ['command_type', 7],
    ])('when %s is %s, which is not what the subject says', async (field, value) => {
      expect(await problem(CREATE, creation(uuid(), { [field]: value }))).toMatchObject({
        status: 400,
        code: 'MALFORMED_COMMAND',
        errors: [{ field, rule: 'FORMAT' }],
        message: expect.stringContaining(`${field} differs from the subject`),
      });
    });

    it('at once when the subject names no command', async () => {
      for (const subject of ['cmd.application.UpdateApplication', 'cmd.nothing.Create'])
        await expect(ask(subject, creation(uuid()))).rejects.toThrow(/no responders/i);
    });

    it('and stand in the journal, without what they held', async () => {
      const command_id = uuid();
      const wrong = creation(uuid(), { command_id, actor: 'eve', colour: 'hunter2' });
      await problem(CREATE, wrong);
      const entries = async () => {
        const found: object[] = [];
        for await (const entry of node.store.readJournal(1))
          if (entry.command_id === command_id) found.push(entry);
        return found;
      };
      await expect
        .poll(entries)
        .toMatchObject([{ via: 'nats', outcome: 'refused', code: 'MALFORMED_COMMAND' }]);
      expect(JSON.stringify(await entries())).not.toContain('hunter2');
    });
  });

  it('never quotes a body that is not JSON: it may hold a secret', async () => {
    const told = await problem(CREATE, '{"pin":hunter2}');
    expect(told).toMatchObject({ code: 'MALFORMED_COMMAND', status: 400 });
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  it.each([{ toString: 1 }, null, 7])('refuses %j where a type should stand', async (odd) => {
    for (const field of ['aggregate_type', 'command_type'])
      expect(await problem(CREATE, creation(uuid(), { [field]: odd }))).toMatchObject({
        code: 'MALFORMED_COMMAND',
        errors: [expect.objectContaining({ field })],
      });
  });

  it('are refused in an answer that fits, whatever there is to say', async () => {
    const fields = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, 1]));
    const owner = (data: object) =>
      problem('cmd.application.SetOwner', { actor: 'ada', aggregate_id: 'x', data });
    const told = await owner(fields(15_000));
    expect(told).toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
    expect(told.errors).toHaveLength(100);
    expect(told.details).toMatchObject({ errors_left_out: 15_000 - 99 });
    expect(await owner(fields(90_000))).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
    expect(await owner(JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`))).toMatchObject({
      code: 'MALFORMED_COMMAND',
      message: expect.stringMatching(/nests deeper/),
    });
  });

  it('are refused before their headers are read where these are long', async () => {
    const long = headers();
    long.set('x-long', 'x'.repeat(20_000));
    const told = (await ask(CREATE, creation(uuid()), long)).json<Problem>();
    expect(told).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
    // So many that reading them would take minutes: from a client that does not count them either.
    const many = Array.from({ length: 90_000 }, (_, n) => `k${n}:`);
    expect((await askRaw(...many)).code).toBe('HEADERS_TOO_LARGE');
    await ok(CREATE, creation(uuid()));
  });

  it('are refused where their headers are none, and more than there may be, and go on', async () => {
    for (const line of [
      'a: b\nc',
      'a: b\rc',
      'bad name: x',
      '\u00e9: x',
      'traceparent: a\nb',
      ': x',
    ])
      expect([line, await askRaw('a: b', line)]).toMatchObject([
        line,
        { status: 400, code: 'MALFORMED_COMMAND' },
      ]);
    const short = Array.from({ length: 3_000 }, (_, n) => `${n.toString(36)}:`);
    expect(await askRaw(...short)).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
    await ok(CREATE, creation(uuid()));
  });

  it('answer nobody where a client may not write, nor does what tells of the service', async () => {
    const id = uuid();
    const reply = `evt.application.${id}`;
    const written: Msg[] = [];
    const sub = client.subscribe(reply, { callback: (_, msg) => void written.push(msg) });
    for (const verb of ['PING', 'INFO', 'STATS', 'PING.stele', 'INFO.stele'])
      client.publish(`$SRV.${verb}`, '', { reply });
    client.publish(CREATE, JSON.stringify(creation(id)), { reply });
    client.publish(CREATE, 'no JSON', { reply });
    await client.flush();
    // What came before it was dealt with before it is answered.
    expect(await all('$SRV.PING')).toHaveLength(1);
    await ok(CREATE, creation(uuid()));
    sub.unsubscribe();
    expect(written).toEqual([]);
    expect(await history(id)).toEqual([]);
  });

  it('are described to so many a second who ask, by anybody, and go on for others', async () => {
    const told = { INFO: 0, STATS: 0 };
    const subs = (['INFO', 'STATS'] as const).map((verb) => {
      const reply = createInbox();
      const sub = client.subscribe(reply, { callback: () => void told[verb]++ });
      for (let n = 0; n < 500; n++) client.publish(`$SRV.${verb}.stele`, '', { reply });
      return sub;
    });
    await ok(CREATE, creation(uuid()));
    await client.request('$SRV.PING', '', { timeout: PATIENCE_MS });
    for (const sub of subs) sub.unsubscribe();
    for (const times of Object.values(told)) {
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThanOrEqual(2 * DESCRIPTIONS_PER_SECOND);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await client.request('$SRV.STATS', '', { timeout: PATIENCE_MS });
  });

  it('does not take an envelope that looks like a refusal for one', async () => {
    expect(await problem(CREATE, { refused: 'X', message: 'y' })).toMatchObject({
      status: 400,
      code: 'MALFORMED_COMMAND',
    });
  });

  it('are told that they were accepted, where their events are too large for a message', async () => {
    const nc = await connect({ servers: server.url });
    const store = await openTestStore(nc, { kinds: [TalkingLamp] });
    const runtime = new Runtime({ definitions: [TalkingLamp], store, log: SILENT });
    const service = await serveCommands(nc, runtime, { name: 'lamps', log: SILENT });
    const lamp = { actor: 'ada', aggregate_id: 'a' };
    await ok('cmd.lamp.PutLamp', { ...lamp, data: {} });
    const chars = Math.ceil((nc.info!.max_payload ?? 0) / 300);
    const say = { ...lamp, command_id: uuid(), data: { times: 300, chars } };
    const told = await ok('cmd.lamp.Say', say);
    expect(told).toMatchObject({
      aggregate_version: 301,
      position: 'lamp:301',
      replayed: false,
      events: [],
      events_left_out: 300,
    });
    expect(await ok('cmd.lamp.Say', say)).toEqual({ ...told, replayed: true });
    expect(await runtime.state(TalkingLamp, 'a')).toMatchObject({ version: 301 });
    await service.close();
    await runtime.drain();
    await store.close();
    await nc.drain();
  });

  describe('are shared by several nodes', () => {
    it('each is decided by one of them, and both do their part', async () => {
      const other = await startNode();
      expect(await all<Info>('$SRV.PING.stele')).toHaveLength(2);
      const before = node.runtime.stats().outcomes.accepted ?? 0;
      const ids = Array.from({ length: 60 }, uuid);
      const answers = await Promise.all(ids.map((id) => ok(CREATE, creation(id))));
      expect(answers.every(({ replayed }) => !replayed)).toBe(true);
      const here = (node.runtime.stats().outcomes.accepted ?? 0) - before;
      const there = other.runtime.stats().outcomes.accepted ?? 0;
      expect(here + there).toBe(60);
      expect(Math.min(here, there)).toBeGreaterThan(0);
      for (const id of ids) expect(await history(id)).toHaveLength(1);
      await other.close();
      expect(await all<Info>('$SRV.PING.stele')).toHaveLength(1);
    });

    it('a node that leaves answers what it took; the others take the rest', async () => {
      const other = await startNode();
      const ids = Array.from({ length: 200 }, uuid);
      const under = ids.map((id) => ok(CREATE, creation(id)));
      await client.flush();
      await other.close();
      await Promise.all(under);
      const owner = { actor: 'ada', data: { owner: 'night shift' } };
      await Promise.all(
        ids.map((id) => ok('cmd.application.SetOwner', { ...owner, aggregate_id: id })),
      );
      for (const id of ids) expect(await history(id)).toHaveLength(2);
    });

    it('the last one that leaves loses none it took, and nobody waits for it after that', async () => {
      const ids = Array.from({ length: 200 }, uuid);
      const outcomes = ids.map((id) =>
        ok(CREATE, creation(id)).then(
          () => 'written',
          (error: Error) => (/no responders/i.test(error.message) ? 'not taken' : error.message),
        ),
      );
      await client.flush();
      await node.leave();
      const results = await Promise.all(outcomes);
      for (const [index, id] of ids.entries())
        expect([results[index], (await history(id)).length]).toEqual(
          results[index] === 'written' ? ['written', 1] : ['not taken', 0],
        );
      expect(results).toContain('written');
      await expect(ask(CREATE, creation(uuid()))).rejects.toThrow(/no responders/i);
      await expect(all('$SRV.PING.stele')).rejects.toThrow(/no responders/i);
    });
  });
});
