import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { FilesGone } from './files-gone.js';

const store = ({ onTestFinished }: TestContext) => {
  const root = mkdtempSync(join(tmpdir(), 'stele-files-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const storeDir = join(root, 'nats');
  const streams = join(storeDir, 'jetstream', '$G', 'streams');
  for (const stream of ['EVT_A', 'EVT_B']) {
    mkdirSync(join(streams, stream, 'msgs'), { recursive: true });
    writeFileSync(join(streams, stream, 'meta.inf'), '{}');
  }
  const files = new FilesGone({ storeDir });
  return { root, storeDir, streams, look: () => files.look(['EVT_A', 'EVT_B']) };
};

it('files that are all there are not gone', async (test) => {
  const { look } = store(test);
  expect(await look()).toBeUndefined();
  expect(await look()).toBeUndefined();
});

it('the directory of the store that is gone, or another one, is named', async (test) => {
  const { root, storeDir, look } = store(test);
  await look();
  const aside = join(root, 'aside');
  renameSync(storeDir, aside);
  expect(await look()).toBe(`${storeDir} is not there`);
  cpSync(aside, storeDir, { recursive: true });
  expect(await look()).toBe(`${storeDir} is another one than it was`);
  rmSync(storeDir, { recursive: true });
  renameSync(aside, storeDir);
  expect(await look()).toBeUndefined();
});

it('a stream that is gone is named, and one that was restored is none that is gone', async (test) => {
  const { streams, look } = store(test);
  await look();
  const one = join(streams, 'EVT_B');
  cpSync(one, `${one}.copy`, { recursive: true });
  rmSync(one, { recursive: true });
  expect(await look()).toBe(`${join(one, 'meta.inf')} is not there`);
  renameSync(`${one}.copy`, one);
  expect(await look()).toBeUndefined();
});
