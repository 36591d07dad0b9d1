import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, chainBreak, type StoredEvent } from '../src/core/event.js';
import { uuid } from './support/commands.js';
import { freePort } from './support/free-port.js';
import type { Told } from './support/importing.js';
import { largeModel } from './support/large-model.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { AS_ADMIN, exited, kill9, outputOf, ready, stele } from './support/stele.js';

/** Kills of the serving process in the middle of the import; `npm run test:long` asks for more. */
const KILLS = Number(process.env.STELE_TEST_KILLS ?? 2);
/** All of the large model where that is asked for, else little of it. */
const LARGE = process.env.STELE_TEST_LARGE === '1';
const [SHARE_BEFORE, SHARE_AFTER] = LARGE ? [3 / 10, 1] : [1 / 50, 1 / 15];
const LONG_MS = (LARGE ? 600_000 : 120_000) + KILLS * 30_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const PLURALS = [
  'applications',
  'business-capabilities',
  'data-entities',
  'integrations',
  'organizations',
  'relations',
  'servers',
];
/** What a document says of when and how often, not of what is. */
const VOLATILE = /version|_at$|^updated|^last_|position|^links$|events/;

type Document = Readonly<Record<string, unknown>>;
/** Lists in documents are sets: what was taken away and given back stands at the end. */
const unordered = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value;

let server: TestServer;
let serving: ReturnType<typeof stele> | undefined;
const dir = mkdtempSync(join(tmpdir(), 'stele-imports-'));
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  if (serving) await kill9(serving);
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** The model before, and a later export of it: more of everything, some names changed or swapped. */
const BEFORE = largeModel('Killed', SHARE_BEFORE).text;
const AFTER = largeModel('Killed', SHARE_AFTER)
  .text.replace('name="Application 3"', 'name="Application three"')
  .replace('name="Application 5"', 'name="Application _"')
  .replace('name="Application 6"', 'name="Application 5"')
  .replace('name="Application _"', 'name="Application 6"');

const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};

describe(`an import over ${KILLS} kills of the runtime and one of the command line`, () => {
  it(
    'finishes, writes nothing twice, and is taken back over another kill',
    async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = { NATS_URL: server.url, PORT: String(port), STELE_DATA: join(dir, 'data') };
      serving = stele(['serve'], env);
      await ready(url, serving);

      const cli = async (...args: string[]): Promise<{ exit: number | null; said: string }> => {
        const child = stele([...args, '--server', url], env);
        const exit = await exited(child);
        return { exit, said: outputOf(child) };
      };
      /** Run it again until it has finished, as somebody at a terminal would. */
      const atLast = async (...args: string[]): Promise<string> => {
        for (let attempt = 1; ; attempt++) {
          const { exit, said } = await cli(...args);
          if (exit === 0) return said;
          if (attempt === 10) throw new Error(said);
        }
      };
      const get = async (path: string, headers: object = AS_ADMIN): Promise<Document> => {
        const response = await fetch(`${url}${path}`, { headers: { ...headers } });
        if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
        return (await response.json()) as Document;
      };
      const send = async (command: object, headers: object = AS_ADMIN): Promise<void> => {
        const response = await fetch(`${url}/commands`, {
          method: 'POST',
          headers: { ...JSON_TYPE, ...headers },
          body: JSON.stringify({
            command_id: uuid(),
            actor_type: 'user',
            source: 'api',
            command_timestamp: new Date().toISOString(),
            ...command,
          }),
        });
        if (!response.ok) throw new Error(await response.text());
      };
      const all = async (path: string): Promise<readonly Document[]> => {
        const items: Document[] = [];
        for (let cursor = ''; ; ) {
          const page = await get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor}`);
          items.push(...(page.items as Document[]));
          if (page.next_cursor === null) return items;
          cursor = `&cursor=${encodeURIComponent(String(page.next_cursor))}`;
        }
      };
      /** Every resource document, by type and id, without when and how often it changed. */
      const portfolio = async (): Promise<ReadonlyMap<string, Document>> => {
        const found = new Map<string, Document>();
        for (const plural of PLURALS)
          for (const { id } of await all(`/${plural}`)) {
            const document = await get(`/${plural}/${id}`);
            const kept = Object.entries(document)
              .filter(([name]) => !VOLATILE.test(name))
              .map(([name, value]) => [name, unordered(value)] as const);
            found.set(`${plural}/${id}`, Object.fromEntries(kept));
          }
        return found;
      };
      /** Kill the runtime once the job has done so much, and start it again. */
      const killAt = async (id: string, share: number): Promise<boolean> => {
        for (;;) {
          const told = (await get(`/imports/${id}`).catch(() => undefined)) as Told | undefined;
          if (told?.state === 'finished' && !told.dry_run) return false;
          if (told?.state === 'running' && told.done >= told.total * share && told.done > 0) break;
          await pause(3);
        }
        await kill9(serving!);
        serving = stele(['serve'], env);
        await ready(url, serving);
        return true;
      };

      await atLast('import', 'archimate', file('model.archimate', BEFORE));
      const before = await portfolio();
      expect(before.size).toBeGreaterThan(100);

      const model = file('model.archimate', AFTER);
      const dry = await atLast('import', 'archimate', model, '--dry-run', '--json');
      const { import_id, total } = JSON.parse(dry.split('\n').find((line) => line[0] === '{')!) as {
        import_id: string;
        total: number;
      };
      let importing = stele(['import', 'archimate', model, '--server', url], env);
      let killed = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        // The second time the command line is killed as well.
        if (kill === 1) await kill9(importing);
        if (importing.exitCode !== null || importing.signalCode !== null)
          importing = stele(['import', 'archimate', model, '--server', url], env);
        if (await killAt(import_id, Math.random() * 0.4)) killed++;
      }
      await exited(importing);
      await atLast('import', 'archimate', model);
      expect(killed).toBeGreaterThan(0);
      const again = await atLast('import', 'archimate', model, '--json');
      expect(again).toContain('"total":0');

      const logged = async (id: string): Promise<readonly StoredEvent[]> => {
        const node = await startTestNode(server.url);
        const events: StoredEvent[] = [];
        for (const definition of node.runtime.registry.definitions) {
          const heads = new Map<string, { version: number; hash: string }>();
          for await (const entry of node.store.scan(definition, 1)) {
            if (!('event' in entry)) continue;
            const { event } = entry;
            const head = heads.get(event.aggregate_id) ?? CHAIN_START;
            expect(chainBreak(head as typeof CHAIN_START, event)).toBeUndefined();
            heads.set(event.aggregate_id, { version: event.aggregate_version, hash: event.hash });
            if (event.correlation_id === id) events.push(event);
          }
        }
        await node.close();
        return events;
      };
      const imported = await logged(import_id);
      expect(new Set(imported.map(({ event_id }) => event_id)).size).toBe(imported.length);
      expect(new Set(imported.map(({ causation_id }) => causation_id)).size).toBe(imported.length);
      expect(imported).toHaveLength(total);

      const kept = (await all('/data-entities')).find(
        ({ id }) => !before.has(`data-entities/${String(id)}`),
      )!;
      await send({
        aggregate_type: 'DataEntity',
        aggregate_id: kept.id,
        actor: 'admin',
        command_type: 'UpdateDataEntityDescription',
        data: { description: 'ours now' },
      });

      const reviewing = stele(['key', 'create', '--actor', 'rita', '--roles', 'reviewer'], env);
      expect(await exited(reviewing)).toBe(0);
      const key = /stele_[a-z0-9]+_[0-9a-f]{64}/.exec(outputOf(reviewing))![0];
      const of = { aggregate_type: 'ChangeApproval', aggregate_id: 'take-it-back' };
      const covers = [
        { command_type: 'DeleteApplication', aggregate_type: 'Application', aggregate_id: null },
      ];
      const refused = await cli('import', 'revert', import_id);
      expect([refused.exit === 0, refused.said]).toEqual([
        false,
        expect.stringContaining('APPROVAL_REQUIRED'),
      ]);
      await send({
        ...of,
        command_type: 'RequestApproval',
        actor: 'admin',
        data: { title: 'Take it back', covers, reason: 'it was the wrong file' },
      });
      await send(
        { ...of, command_type: 'ApproveChange', actor: 'rita', data: { comment: 'yes' } },
        { 'x-api-key': key },
      );

      const revert = ['import', 'revert', import_id, '--approval', of.aggregate_id];
      const report = join(dir, 'report.jsonl');
      const reverting = stele([...revert, '--server', url], env);
      expect(await killAt(`revert-${import_id}`, 0.2)).toBe(true);
      await exited(reverting);
      const told = await atLast(...revert, '--report', report);
      expect(told).toMatch(/is kept: it was changed since by admin on \d{4}-\d\d-\d\d/);
      const after = await portfolio();
      expect(after.get(`data-entities/${String(kept.id)}`)).toMatchObject({
        description: 'ours now',
      });
      expect(
        new Map([...after].filter(([id]) => id !== `data-entities/${String(kept.id)}`)),
      ).toEqual(before);

      const story = async (id: string) => all(`/audit?correlation_id=${encodeURIComponent(id)}`);
      expect(await story(import_id)).toHaveLength(total);
      const undone = await logged(`revert-${import_id}`);
      expect(await story(`revert-${import_id}`)).toHaveLength(undone.length);
      expect(undone.length).toBeGreaterThan(total / 2);
      const ours = await all(`/audit?aggregate_id=${String(kept.id)}`);
      expect(ours.map(({ actor }) => actor)).toContain('admin');
      process.stderr.write(
        `imports: ${killed} + 1 kills, ${imported.length} events imported, ${undone.length} to take them back, 0 lost, 0 twice\n`,
      );
    },
    LONG_MS,
  );
});
