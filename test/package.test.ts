import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/lib/tsc.js');
/** It takes two seconds and 150 MB; with types of two copies compared it never ended. */
const COMPILED_WITHIN_MS = 60_000;
const HEAP_MB = 600;
const run = promisify(execFile);

const OPTIONS = {
  ...{ target: 'es2023', lib: ['es2023'], module: 'nodenext', moduleResolution: 'nodenext' },
  ...{ types: ['node'], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true },
  ...{ noUncheckedIndexedAccess: true, noEmit: true },
};

describe('a program with a copy of zod of its own', () => {
  let dir: string;
  const there = (...path: string[]): string => join(dir, ...path);
  const edit = (file: string, from: RegExp, to: string): void => {
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'stele-program-'));
    const zod = there('node_modules/zod');
    mkdirSync(there('node_modules/@types'), { recursive: true });
    symlinkSync(ROOT, there('node_modules/stele'));
    symlinkSync(join(ROOT, 'node_modules/@types/node'), there('node_modules/@types/node'));
    cpSync(join(ROOT, 'node_modules/zod'), zod, {
      recursive: true,
      filter: (file) => !/zod\/(src|v3)$/.test(file),
    });
    // Another version, which says so in its types.
    edit(join(zod, 'package.json'), /"version": "4\.\d+\.\d+"/, '"version": "4.99.0"');
    edit(join(zod, 'v4/core/versions.d.ts'), /minor: \d+/, 'minor: 99');
    writeFileSync(there('package.json'), '{"type":"module"}');
    writeFileSync(there('tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS }));
    copyFileSync(join(ROOT, 'test/support/own-program.ts'), there('program.ts'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('compiles, in seconds', async () => {
    const args = [`--max-old-space-size=${HEAP_MB}`, TSC, '-p', dir];
    const told = await run(process.execPath, args, { timeout: COMPILED_WITHIN_MS }).catch(
      (error: { stdout?: string; killed?: boolean }) => error,
    );
    expect(told).toMatchObject({ stdout: '' });
    expect(told).not.toHaveProperty('code');
  }, 90_000);
});
