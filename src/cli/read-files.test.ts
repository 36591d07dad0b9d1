import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT, Stop } from './exit.js';
import { readFiles, readOne } from './read-files.js';

const isPart = (path: string): boolean => path.endsWith('.xml');
const TOO_LARGE = 64 * 1024 * 1024 + 1;

describe('the files of a model', () => {
  let dir: string;
  const at = (name: string): string => join(dir, name);
  const pipe = (name: string): void => void execFileSync('sh', ['-c', `mkfifo '${at(name)}'`]);
  const put = (name: string, text = 'x'): void => writeFileSync(at(name), text);
  const stop = (run: () => unknown): Stop => {
    try {
      run();
    } catch (error) {
      if (error instanceof Stop) return error;
      throw error;
    }
    throw new Error('it went well');
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stele-files-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('of a folder are those that belong to the format, in order, below its name', () => {
    mkdirSync(at('model/b'), { recursive: true });
    mkdirSync(at('model/.git'));
    for (const name of ['model/z.xml', 'model/b/a.xml', 'model/note.txt', 'model/.git/c.xml'])
      put(name);
    const files = readFiles(at('model'), isPart);
    expect(files.map(({ path }) => path)).toEqual(['model/b/a.xml', 'model/z.xml']);
    expect(stop(() => readFiles(dir, () => false)).exit).toBe(EXIT.notFound);
  });

  it('do not come over links and pipes inside of a folder, and each is told', () => {
    mkdirSync(at('model'));
    put('secret.xml');
    put('model/a.xml');
    symlinkSync(at('secret.xml'), at('model/link.xml'));
    symlinkSync(dir, at('model/loop.xml'));
    symlinkSync(at('secret.xml'), at('model/other.txt'));
    pipe('model/pipe.xml');
    const told: string[] = [];
    const files = readFiles(at('model'), isPart, (path, why) => told.push(`${path} ${why}`));
    expect(files.map(({ path }) => path)).toEqual(['model/a.xml']);
    expect(told.sort()).toEqual([
      `${at('model/link.xml')} a symbolic link is not followed`,
      `${at('model/loop.xml')} a symbolic link is not followed`,
      `${at('model/pipe.xml')} it is no file`,
    ]);
  });

  it('may be named by a link, but not by a pipe', () => {
    put('a.xml', 'hello');
    symlinkSync(at('a.xml'), at('link.xml'));
    pipe('pipe.xml');
    expect(Buffer.from(readFiles(at('link.xml'), isPart)[0]!.bytes).toString()).toBe('hello');
    expect(stop(() => readFiles(at('pipe.xml'), isPart)).message).toContain('is no file');
    expect(stop(() => readOne(dir)).message).toContain('is no file');
  });

  it('are measured before they are read', () => {
    put('large.xml');
    truncateSync(at('large.xml'), TOO_LARGE);
    const { message, exit } = stop(() => readFiles(at('large.xml'), isPart));
    expect([exit, message]).toEqual([EXIT.failed, expect.stringMatching(/large\.xml.*67108864/)]);
    put('a.xml');
    expect(stop(() => readFiles(dir, isPart)).message).toContain('67108864');
  });

  it('that are not there end it with 3', () => {
    const { exit, message } = stop(() => readFiles(at('gone'), isPart));
    expect([exit, message]).toEqual([EXIT.notFound, expect.stringContaining('no such file')]);
    expect(stop(() => readOne(at('a\0b'))).message).toContain('cannot be read');
  });
});
