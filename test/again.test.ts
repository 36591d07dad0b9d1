import { setTimeout as pause } from 'node:timers/promises';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runImport } from '../src/cli/run-import.js';
import { problemOf } from '../src/edge/wire/problem.js';
import type { ImportCommand, OpenedImport } from '../src/operate/importing/importer.js';
import { toRuntime } from '../src/operate/importing/send.js';
import { uuid } from './support/commands.js';
import { importing, textFile } from './support/importing.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

type Json = Readonly<Record<string, unknown>>;
type Told = { readonly status: number; readonly json: Json };
/** One request, sent to one of the nodes. */
type Send = (to: WholeNode) => Promise<Told>;

const BUSY = 503;
const ATTEMPTS_MAX = 50;
const PAUSE_MS = 20;
const TIMES = [1, 6, 100];
const BECAUSE = { 'x-business-justification': 'broken' };
const THEIRS = { region: 'theirs', platform: 'theirs', tags: ['theirs'] };

/**
 * Every way to write, on a real log and two nodes: whatever comes again is not done again, undoes
 * nothing that others did since, and is answered as it was at first.
 */
describe('what comes again', () => {
  let server: TestServer;
  let nodes: readonly [WholeNode, WholeNode];
  let nc: NatsConnection;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    nodes = [await startWholeNode(server.url), await startWholeNode(server.url)];
    nc = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await nc?.close();
    for (const node of nodes ?? []) await node.close();
    await server?.stop();
  });

  /** As a client sends it that does what a 503 says. */
  const patiently = async (send: () => Promise<Told>): Promise<Told> => {
    for (let attempt = 1; ; attempt++) {
      const told = await send();
      if (told.status !== BUSY || attempt === ATTEMPTS_MAX) return told;
      await pause(PAUSE_MS);
    }
  };
  const http =
    (method: string, path: string, body?: object, more: object = {}): Send =>
    ({ url }) =>
      patiently(async () => {
        const answer = await fetch(`${url}${path}`, {
          method,
          headers: { 'content-type': 'application/json', 'x-actor': 'ada', ...more },
          ...(body && { body: JSON.stringify(body) }),
        });
        return { status: answer.status, json: (await answer.json()) as Json };
      });
  const nats = (subject: string, body: object): Send => {
    return () =>
      patiently(async () => {
        const msg = await nc.request(subject, JSON.stringify(body), {
          timeout: PATIENCE_MS,
          headers: headers(),
        });
        return {
          status: Number(msg.headers?.get('Nats-Service-Error-Code') || 200),
          json: msg.json<Json>(),
        };
      });
  };
  const definition = () => nodes[0].runtime.registry.aggregate('Server')!;
  const last = async () => nodes[0].store.last(definition());
  const stateOf = (id: string) => nodes[0].runtime.state(definition(), id);

  let hosts = 0;
  const host = () => `host-${hosts++}.example`;
  const made = async (): Promise<string> => {
    const body = { hostname: host(), environment: 'prod', criticality: 'high', tags: ['old'] };
    const { json } = await http('POST', '/servers', body)(nodes[0]);
    return String(json.aggregate_id);
  };

  /** How something is asked, of a server that is there; the same each time it is called. */
  const WAYS: Readonly<Record<string, (id: string) => Send>> = {
    'POST of a resource': () => {
      const body = { hostname: host(), environment: 'prod', criticality: 'high', tags: ['mine'] };
      return http('POST', '/servers', { ...body, region: 'mine' }, { 'idempotency-key': uuid() });
    },
    PATCH: (id) =>
      http(
        'PATCH',
        `/servers/${id}`,
        { region: 'mine', platform: 'mine', tags: ['mine'] },
        { 'idempotency-key': uuid(), 'if-match': '"2"' },
      ),
    PUT: (id) =>
      http(
        'PUT',
        `/servers/${id}`,
        { id, environment: 'prod', region: 'mine', tags: ['mine', 'old'] },
        { 'idempotency-key': uuid() },
      ),
    DELETE: (id) =>
      http('DELETE', `/servers/${id}?reason=broken`, undefined, {
        ...BECAUSE,
        'idempotency-key': uuid(),
      }),
    'a command by its path': (id) =>
      http(
        'POST',
        `/servers/${id}/commands/move-to-region`,
        { region: 'mine' },
        { 'idempotency-key': uuid() },
      ),
    'a command with its envelope': (id) =>
      http('POST', '/commands', {
        command_id: uuid(),
        command_type: 'MoveToRegion',
        aggregate_type: 'Server',
        aggregate_id: id,
        actor: 'ada',
        actor_type: 'user',
        source: 'api',
        command_timestamp: '2026-01-06T10:00:00Z',
        data: { region: 'mine' },
      }),
    'a command over NATS': (id) =>
      nats('cmd.server.MoveToRegion', {
        command_id: uuid(),
        aggregate_id: id,
        actor: 'ada',
        data: { region: 'mine' },
      }),
  };
  const ALL = Object.entries(WAYS).flatMap(([way, make]) =>
    TIMES.map((times) => [way, times, make] as const),
  );

  it.each(ALL)('%s, %i times after others wrote', async (_, times, make) => {
    const send = make(await made());
    const first = await send(nodes[0]);
    expect(first.json).toMatchObject({ replayed: false });
    const id = String(first.json.aggregate_id);
    await http('PATCH', `/servers/${id}`, THEIRS)(nodes[1]);
    const [state, end] = [await stateOf(id), await last()];
    for (let n = 0; n < times; n++) {
      const again = await send(nodes[n % 2]!);
      expect(again).toEqual({ status: 200, json: { ...first.json, replayed: true } });
    }
    expect(await stateOf(id)).toEqual(state);
    expect(await last()).toBe(end);
  });

  it.each(ALL)('%s, %i times at once while others write', async (_, times, make) => {
    const id = await made();
    const end = await last();
    const send = make(id);
    const others = Array.from({ length: Math.ceil(times / 10) }, (_, n) =>
      http('PATCH', `/servers/${id}`, { ...THEIRS, region: `region ${n}` }),
    );
    const asked: Promise<Told>[] = [];
    const theirs: Promise<Told>[] = [];
    for (let n = 0; n < times; n++) {
      asked.push(send(nodes[0]), send(nodes[1]));
      if (n % 10 === 5) theirs.push(others[Math.floor(n / 10)]!(nodes[n % 2]!));
    }
    const answers = await Promise.all(asked);
    const written = (await Promise.all(theirs)).filter(({ status }) => status === 200);
    const [first, ...more] = answers.filter(({ json }) => json.replayed === false);
    if (!first) {
      // Under If-Match it is refused when the others were faster, and then every time.
      expect(new Set(answers.map(({ json }) => json.code))).toEqual(
        new Set(['CONCURRENCY_CONFLICT']),
      );
    } else {
      expect(more).toEqual([]);
      for (const { json } of answers) expect({ ...json, replayed: false }).toEqual(first.json);
    }
    const events = [...(first ? [first] : []), ...written].flatMap(({ json }) =>
      json.commands === undefined
        ? (json.events as Json[])
        : (json.commands as Json[]).flatMap((one) => one.events as Json[]),
    );
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
    const found: string[] = [];
    for await (const entry of nodes[0].store.scan(definition(), end + 1))
      if ('event' in entry) found.push(entry.event.event_id);
    expect(found.toSorted()).toEqual(events.map(({ event_id }) => String(event_id)).toSorted());
  });

  it.each(TIMES)('a history that is imported, %i times', async (times) => {
    const id = uuid();
    const name = host();
    const command = (command_type: string, data: object): ImportCommand => ({
      command_id: uuid(),
      command_type,
      aggregate_type: 'Server',
      aggregate_id: id,
      correlation_id: name,
      actor: 'ada',
      actor_type: 'user',
      source: 'import',
      command_timestamp: '2026-01-06T10:00:00Z',
      data: data as ImportCommand['data'],
      metadata: { effective_at: '2020-01-01T00:00:00Z' },
    });
    const commands = [
      command('CreateServer', { hostname: name, environment: 'prod', criticality: 'high' }),
      command('MoveToRegion', { region: 'mine' }),
      command('AddTags', { tags: ['mine'] }),
    ];
    const opened: OpenedImport = {
      steps: 1,
      async *read() {
        yield { label: 'all', commands, notes: [] };
      },
    };
    const run = (node: WholeNode) =>
      runImport({ opened, send: toRuntime(node.runtime, problemOf) });
    expect(await run(nodes[0])).toMatchObject({ accepted: 3, replayed: 0 });
    await http('PATCH', `/servers/${id}`, THEIRS)(nodes[1]);
    const [state, end] = [await stateOf(id), await last()];
    for (let n = 0; n < times; n++)
      expect(await run(nodes[n % 2]!)).toMatchObject({ accepted: 0, replayed: 3 });
    expect(await stateOf(id)).toEqual(state);
    expect(await last()).toBe(end);
  });

  it.each(TIMES)('a model that is imported, %i times', { timeout: 300_000 }, async (times) => {
    const name = host();
    const mapping = textFile(
      'mapping.yaml',
      `source: cmdb-${name}\nkind: server\nkey: ID\nname: Name\nfields:\n  environment: Env\n  criticality: How\n  region: Region\n`,
    );
    const file = textFile('servers.csv', `ID,Name,Env,How,Region\n1,${name},prod,high,mine\n`);
    const run = (node: WholeNode) => importing(node.url).run('csv', [file], { mapping });
    const first = await run(nodes[0]);
    expect(first).toMatchObject({ state: 'finished', sent: { accepted: first.total } });
    expect(first.total).toBeGreaterThan(0);
    let id = '';
    for await (const entry of nodes[0].store.scan(definition(), 1))
      if ('event' in entry && entry.event.data.hostname === name) id = entry.event.aggregate_id;
    expect(await http('PATCH', `/servers/${id}`, THEIRS)(nodes[1])).toMatchObject({ status: 200 });
    const [state, end] = [await stateOf(id), await last()];
    for (let n = 0; n < times; n++)
      expect(await run(nodes[n % 2]!)).toMatchObject({
        state: 'finished',
        import_id: first.import_id,
        sent: { accepted: 0, refused: 0 },
      });
    expect(await stateOf(id)).toEqual(state);
    expect(await last()).toBe(end);
  });
});
