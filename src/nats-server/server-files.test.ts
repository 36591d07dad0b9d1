import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeServerDirs, serverFiles, unwritableDir } from './server-files.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stele-files-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const said = (dataDir: string): string => {
  try {
    makeServerDirs(serverFiles(dataDir));
    return 'made';
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
};

describe('a data directory', () => {
  it('is made where there is none', () => {
    expect(said(join(dir, 'a/b'))).toBe('made');
    expect(said(join(dir, 'a/b'))).toBe('made');
  });

  it.each([
    ['where the system lets none be made', () => '/proc/stele/data'],
    ['with a name that is too long', () => join(dir, 'a'.repeat(300))],
    ['behind a link that leads nowhere', () => join(dir, 'link/data')],
  ])('%s is said at once', (_, path) => {
    symlinkSync(join(dir, 'nowhere/deep'), join(dir, 'link'));
    expect(said(path())).toMatch(
      /^DATA_DIR_UNWRITABLE: .+ cannot be written to \([a-z ]+\): mount/,
    );
  });

  it('on a full disk is called that, with what to do', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(unwritableDir(serverFiles(dir), full).message).toBe(
      `${dir} cannot be written to (its disk is full): make room`,
    );
  });

  it('that cannot be made is said in a sentence', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(said(join(dir, 'file/data'))).toBe(
      `DATA_DIR_UNWRITABLE: ${dir}/file/data cannot be written to (a part of the path is no directory): mount it for writing, give it to this user, or name another directory in STELE_DATA`,
    );
  });
});
