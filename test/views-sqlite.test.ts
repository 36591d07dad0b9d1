import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openViews, sqliteViews } from '../src/read/views/index.js';
import { commit, put, spec } from './support/view-store-contract.js';

const FILE = 'views.sqlite';

describe('The read store in a SQLite file', () => {
  let root: string;
  let made = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'stele-sqlite-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const newDir = () => join(root, `d${++made}`);
  const open = (dataDir: string) => openViews({ databaseUrl: undefined, dataDir });
  const unavailable = { name: 'Fault', code: 'READ_STORE_UNAVAILABLE' };

  it('keeps what was written over a restart', async () => {
    const dir = newDir();
    const before = await open(dir);
    const slot = await before.createSlot(spec(), 'live');
    await put(before, slot, { a: { name: 'kept' } });
    await before.close();
    const after = await open(dir);
    expect(await after.slots()).toEqual([{ ...slot, revision: 1 }]);
    expect(await after.documents(slot, ['a'])).toEqual(new Map([['a', { name: 'kept' }]]));
    await after.close();
  });

  it('is looked into as an older program made it, which noted no epochs', async () => {
    const dir = newDir();
    const before = await open(dir);
    const slot = await before.createSlot(spec(), 'live');
    const at = '2026-01-01T00:00:00.000Z';
    const advance = { source: 'thing', expected: 0, sequence: 5, at };
    await before.commit(slot, commit({ advance }));
    await before.close();
    const database = new Database(join(dir, FILE));
    database.exec('drop table stele_epoch');
    database.close();
    const beside = await sqliteViews(join(dir, FILE), { readOnly: true });
    expect(await beside.taken()).toEqual([{ source: 'thing', sequence: 5, at }]);
    await beside.close();
  });

  it('is for whoever runs it alone, also one that was open to others', async () => {
    const dir = newDir();
    mkdirSync(dir);
    writeFileSync(join(dir, FILE), '', { mode: 0o644 });
    const views = await open(dir);
    await put(views, await views.createSlot(spec(), 'live'), { a: { name: 'secret' } });
    const modes = readdirSync(dir).map((file) => statSync(join(dir, file)).mode & 0o777);
    expect(modes.length).toBeGreaterThan(2);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    await views.close();
  });

  it('belongs to one process, and to the next when that one is gone', async () => {
    const dir = newDir();
    mkdirSync(dir);
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { openViews } from '${new URL('../dist/src/read/views/index.js', import.meta.url)}';
         await openViews({ dataDir: ${JSON.stringify(dir)} });
         process.stdout.write('open');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    await expect(open(dir)).rejects.toMatchObject(unavailable);
    await expect(open(dir)).rejects.toThrow(/in use by another Stele.*STELE_DATA/);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await (await open(dir)).close();
  });

  it('belongs to one store in the same process too', async () => {
    const dir = newDir();
    const first = await open(dir);
    await expect(open(dir)).rejects.toThrow(/in use by another Stele/);
    await first.close();
    await (await open(dir)).close();
  });

  it('can be read beside the process that writes it, and not written', async () => {
    const dir = newDir();
    const path = join(dir, FILE);
    await expect(sqliteViews(path, { readOnly: true })).rejects.toThrow(/there is no read store/);
    const writer = await open(dir);
    const slot = await writer.createSlot(spec(), 'live');
    await put(writer, slot, { a: { name: 'seen' } });
    const reader = await sqliteViews(path, { readOnly: true });
    expect(await reader.documents(slot, ['a'])).toEqual(new Map([['a', { name: 'seen' }]]));
    await put(writer, slot, { a: { name: 'newer' } });
    expect(await reader.documents(slot, ['a'])).toEqual(new Map([['a', { name: 'newer' }]]));
    expect(await reader.lead(slot.projection)).toBe(false);
    await expect(reader.commit(slot, commit({}))).rejects.toMatchObject(unavailable);
    await reader.close();
    await writer.close();
  });

  it('says so when its file was taken away', async () => {
    const dir = newDir();
    const views = await open(dir);
    const slot = await views.createSlot(spec(), 'live');
    renameSync(join(dir, FILE), join(dir, 'elsewhere'));
    await expect(views.commit(slot, commit({}))).rejects.toMatchObject(unavailable);
    await expect(views.commit(slot, commit({}))).rejects.toThrow(/was removed or replaced/);
    await expect(views.ready()).rejects.toThrow(/was removed or replaced/);
    await views.close();
  });

  it('says so when its file was written over, also by a copy of itself from before', async () => {
    const copy = join(newDir(), FILE);
    const before = await open(dirname(copy));
    const slot = await before.createSlot(spec(), 'live');
    await before.close();
    for (const content of [readFileSync(copy), Buffer.alloc(8192, 'x'), Buffer.alloc(0)]) {
      const dir = newDir(); // in one process SQLite may remember what is wrong with a file
      const path = join(dir, FILE);
      mkdirSync(dir);
      copyFileSync(copy, path);
      const views = await open(dir);
      await put(views, slot, { a: { name: 'seen' } });
      await views.ready();
      writeFileSync(path, content);
      await expect(views.ready()).rejects.toThrow(/was written over/);
      await expect(views.commit(slot, commit({}))).rejects.toMatchObject(unavailable);
      await views.close();
    }
  });

  it.each<[string, string, RegExp, (file: string) => void]>([
    ['is removed', '-wal', /-wal was removed or replaced.*remove the file/, (file) => rmSync(file)],
    ['is cut', '-wal', /-wal was cut.*remove the file/, (file) => truncateSync(file, 0)],
    [
      'is written over',
      '-wal',
      /-wal was written over.*remove the file/,
      (file) => writeFileSync(file, Buffer.alloc(statSync(file).size, 'x')),
    ],
    ['is removed', '-shm', /-shm was removed or replaced.*remove the file/, (file) => rmSync(file)],
    ['is cut', '', /sqlite was cut.*remove the file/, (file) => truncateSync(file, 512)],
  ])('says so when a file %s under it: %s', async (_, end, message, damage) => {
    const dir = newDir();
    const views = await open(dir);
    const slot = await views.createSlot(spec(), 'live');
    await put(views, slot, { a: { name: 'x'.repeat(2000) } });
    const beside = await sqliteViews(join(dir, FILE), { readOnly: true });
    await beside.ready();
    await beside.close();
    await views.ready();
    damage(join(dir, FILE) + end);
    await expect(views.ready()).rejects.toThrow(message);
    await views.close().catch(() => undefined);
  });

  it('tells once what an answer told of its file', async () => {
    const dir = newDir();
    const views = await open(dir);
    const slot = await views.createSlot(spec(), 'live');
    const many = Array.from({ length: 500 }, (_, n) => [`k${n}`, { name: 'x'.repeat(500) }]);
    await put(views, slot, Object.fromEntries(many));
    await views.close();
    const path = join(dir, FILE);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 20);
    writeFileSync(path, bytes);
    const broken = await open(dir);
    expect(broken.takeBroken()).toBeUndefined();
    const read = await broken.readTransaction();
    await expect(read.pageByKey(slot, null, 1000)).rejects.toMatchObject(unavailable);
    await read.end();
    expect(broken.takeBroken()).toMatch(/it is damaged: end Stele, remove the file/);
    expect(broken.takeBroken()).toBeUndefined();
    await broken.close();
  });

  it('says so when its file is no database, or a directory', async () => {
    const dir = newDir();
    mkdirSync(dir);
    writeFileSync(join(dir, FILE), 'no database '.repeat(1000));
    await expect(open(dir)).rejects.toMatchObject(unavailable);
    await expect(open(dir)).rejects.toThrow(/damaged.*built anew from the log/);
    const other = newDir();
    mkdirSync(join(other, FILE), { recursive: true });
    await expect(open(other)).rejects.toMatchObject(unavailable);
    await expect(open(other)).rejects.toThrow(/a directory stands where its file should/);
  });

  it('says so when pages of its file are damaged', async () => {
    const dir = newDir();
    const views = await open(dir);
    const slot = await views.createSlot(spec(), 'live');
    const many = Array.from({ length: 500 }, (_, n) => [`k${n}`, { name: 'x'.repeat(500) }]);
    await put(views, slot, Object.fromEntries(many));
    await views.close();
    const path = join(dir, FILE);
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 20);
    writeFileSync(path, bytes);
    const broken = await open(dir);
    expect(await broken.damage()).toEqual([
      {
        slot: { projection: slot.projection, generation: slot.generation },
        what: expect.stringMatching(/./),
      },
    ]);
    await expect(broken.pageByKey(slot, null, 1000)).rejects.toMatchObject(unavailable);
    await broken.close();
  });

  it('says so when the disk is full', async () => {
    const dir = newDir();
    const path = join(dir, FILE);
    const views = await open(dir);
    const slot = await views.createSlot(spec(), 'live');
    await views.close();
    const child = spawn(
      'bash',
      [
        '-c',
        `ulimit -f 400; exec ${process.execPath} --input-type=module -e "$0"`,
        `import { sqliteViews } from '${new URL('../dist/src/read/views/index.js', import.meta.url)}';
         const views = await sqliteViews(${JSON.stringify(path)});
         const [slot] = await views.slots();
         const documents = Array.from({ length: 5000 }, (_, n) => ({ key: 'k' + n, document: { name: 'x'.repeat(500) } }));
         const error = await views.commit(slot, { advance: null, documents, folds: [], park: [], unpark: [], discard: [] }).catch((e) => e);
         process.stdout.write(JSON.stringify([error.code, error.message, await views.count(slot)]));`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const said: string[] = [];
    child.stdout.on('data', (chunk) => said.push(String(chunk)));
    await once(child, 'close');
    const [code, message, count] = JSON.parse(said.join('')) as [string, string, number];
    expect(code).toBe('READ_STORE_UNAVAILABLE');
    expect(message).toMatch(/disk/);
    expect(count).toBe(0);
    const again = await open(dir);
    await put(again, slot, { a: {} });
    await again.close();
  });

  it('refuses a file of a newer program', async () => {
    const dir = newDir();
    await (await open(dir)).close();
    const database = new Database(join(dir, FILE));
    database.exec('update stele_schema set version = version + 1');
    database.close();
    await expect(open(dir)).rejects.toThrow(/made by a newer program/);
  });
});
