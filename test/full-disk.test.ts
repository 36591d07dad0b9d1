import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from '../actors/application/application.js';
import { makeServerDirs, serverFiles } from '../src/nats-server/server-files.js';
import type { DoctorStatus } from '../src/operate/doctor/doctor.js';
import { createApplication, uuid } from './support/commands.js';
import { chain, KIND } from './support/events.js';
import { startTestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { canMount, type SmallDisk, smallDisk } from './support/small-disk.js';
import { openTestStore } from './support/test-store.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

/** So often the disk runs full under load; `npm run test:long` asks for more. */
const TIMES = Number(process.env.STELE_TEST_FULL ?? 1);
const DISK_MB = 96;
const WRITERS = 12;
const LOAD_MS = 500;
/** Whoever waits for a disk that takes nothing waits longer, for as long as an outcome is looked for. */
const IN_VAIN_MS = 10_000;

type Answer = { readonly status: number; readonly code?: string; readonly took: number };

/** More than what is left of a page of the disk. */
const text = 'x'.repeat(20_000);
const oneEvent = (id: string) => ({
  kind: KIND,
  aggregate_id: id,
  expected: 0,
  events: chain(id, 1, { data: { text } }),
  claims: [],
});
const MAY_MOUNT = canMount();

describe.skipIf(!MAY_MOUNT)('A data directory that is read-only', () => {
  it('ends the start with a sentence', () => {
    const other = smallDisk(1);
    execFileSync('mount', ['-o', 'remount,ro', other.dir]);
    const files = serverFiles(join(other.dir, 'data'));
    expect(() => makeServerDirs(files)).toThrow(
      /data cannot be written to \(the file system is read-only\): .*STELE_DATA/,
    );
    other.remove();
  });
});

describe.skipIf(!MAY_MOUNT)('A node whose disk is full', () => {
  let disk: SmallDisk;
  let node: WholeNode;
  const fill = (leave: number) => disk.fill(leave);
  const makeRoom = () => disk.makeRoom();
  beforeAll(async () => {
    disk = smallDisk(DISK_MB);
    node = await startWholeNode('', { STELE_DATA: join(disk.dir, 'data') });
  });
  afterAll(async () => {
    makeRoom();
    await node.close();
    disk.remove();
  });

  const send = async (command: object): Promise<Answer> => {
    const begun = performance.now();
    const response = await node.send(command);
    const { code } = (await response.json()) as { code?: string };
    const took = performance.now() - begun;
    return { status: response.status, took, ...(code !== undefined && { code }) };
  };
  const ready = async (query = '') => {
    const response = await fetch(`${node.url}/readyz${query}`);
    return { status: response.status, text: await response.text() };
  };
  const until = async (what: string, holds: () => Promise<boolean>) => {
    for (const end = performance.now() + PATIENCE_MS; !(await holds()); await pause(50))
      if (performance.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
  };
  const findings = async () => {
    const ask = async (method: string) => {
      const response = await fetch(`${node.url}/doctor`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      });
      return (await response.json()) as DoctorStatus;
    };
    await ask('POST');
    await until('examined', async () => (await ask('GET')).state !== 'running');
    return (await ask('GET')).result?.findings.map(({ code }) => code);
  };
  const isWritten = async (id: string) => (await node.store.head(Application, id)) > 0;

  it('refuses at once before anything is lost, says why everywhere, and goes on by itself', async () => {
    expect(await send(createApplication(uuid()))).toMatchObject({ status: 201 });
    await node.caughtUp();
    await fill(6 * 1024 * 1024);
    await until('not ready', async () => (await ready()).status === 503);
    const { status, text } = await ready('?for=commands');
    expect([status, text]).toEqual([503, expect.stringMatching(/STORE_FULL.*[1-9] MB are left/)]);
    expect(await findings()).toEqual(expect.arrayContaining(['STORE_FULL', 'WRITES_REFUSED']));
    const refused = await send(createApplication(uuid()));
    expect(refused).toMatchObject({ status: 503, code: 'STORE_FULL' });
    expect(refused.took).toBeLessThan(IN_VAIN_MS);
    const metrics = await (await fetch(`${node.url}/metrics`)).text();
    expect(metrics).toMatch(/^stele_store_free_bytes \d+$/m);
    expect(metrics).toContain('stele_part_ready{part="event_store"} 0');
    makeRoom();
    await until('ready', async () => (await ready()).status === 200);
    expect(await send(createApplication(uuid()))).toMatchObject({ status: 201 });
  });

  it('refuses at once where no more files can be made, and goes on when they can', async () => {
    disk.allowFiles(0);
    await until('not ready', async () => (await ready()).status === 503);
    expect((await ready('?for=commands')).text).toMatch(/STORE_FULL.* more files are left/);
    const refused = await send(createApplication(uuid()));
    expect(refused).toMatchObject({ status: 503, code: 'STORE_FULL' });
    expect(refused.took).toBeLessThan(IN_VAIN_MS);
    disk.allowFiles(10_000);
    await until('ready', async () => (await ready()).status === 200);
    expect(await send(createApplication(uuid()))).toMatchObject({ status: 201 });
  });

  it('that is no server of our own says what to do, and goes on once that was done', async () => {
    const server = await startTestServer({ under: disk.dir });
    const nc = await connect({ servers: server.url, reconnectTimeWait: 50 });
    const store = await openTestStore(nc, { kinds: [KIND] });
    const write = (id: string) =>
      store.append(oneEvent(id)).catch(({ code, message }) => ({ code, message }));
    try {
      expect(await write('a')).toEqual({ first: 1 });
      await fill(0);
      expect(await write('b')).toEqual({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringMatching(
          /EVT_LAMP takes no more writes.*see to its disk, then restart/,
        ),
      });
      await expect(store.ready()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      makeRoom();
      const [, unsent] = await Promise.all([write('c'), write('d')]);
      expect(unsent).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await server.restart();
      await until('ready', () => store.ready().catch(() => false));
      expect(await write('e')).toEqual({ first: expect.any(Number) });
    } finally {
      makeRoom();
      await store.close();
      await nc.close();
      await server.stop();
    }
  });

  it.each(Array.from({ length: TIMES }, (_, time) => time + 1))(
    'that ran full under load tells the truth and is healed (%i)',
    async () => {
      const sent = new Map<string, { command: object; answers: Answer[] }>();
      let isOver = false;
      const writer = async () => {
        while (!isOver) {
          const id = uuid();
          const command = createApplication(id);
          const answers: Answer[] = [];
          sent.set(id, { command, answers });
          answers.push(await send(command));
          if (answers[0]?.status !== 201) await pause(20);
        }
      };
      const writing = Promise.all(Array.from({ length: WRITERS }, writer));
      await pause(LOAD_MS);
      await fill(0);
      await until('not ready', async () => (await ready('?for=commands')).status === 503);
      const firstAnswers = () => [...sent.values()].flatMap(({ answers }) => answers.slice(0, 1));
      await until('refused for want of room', async () =>
        firstAnswers().some(({ code }) => code === 'STORE_FULL'),
      );
      isOver = true;
      await writing;
      const first = firstAnswers();
      expect(Math.max(...first.map(({ took }) => took))).toBeLessThan(IN_VAIN_MS);
      makeRoom();
      await until('ready', async () => (await ready('?for=commands')).status === 200);
      expect(await send(createApplication(uuid()))).toMatchObject({ status: 201 });
      // What was promised is so; of what was not promised another attempt tells.
      const outcomes = new Map<string, number>();
      for (const [id, { command, answers }] of sent) {
        const { status, code } = answers[0]!;
        const key = `${status} ${code}`;
        outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
        if (code === 'OUTCOME_UNKNOWN') expect((await send(command)).status).toBeOneOf([200, 201]);
        else expect([key, await isWritten(id)]).toEqual([key, status === 201]);
      }
      if (process.env.STELE_TEST_LOG) console.log(outcomes);
    },
  );
});
