import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/lib/tsc.js');
/** It takes two seconds and 150 MB; with types of two copies compared it never ended. */
const COMPILED_WITHIN_MS = 60_000;
const HEAP_MB = 600;
const LISTING_BYTES_MAX = 16 * 1024 ** 2;
const run = promisify(execFile);

const OPTIONS = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
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
  });
});

describe('the package', () => {
  let files: ReadonlySet<string>;
  beforeAll(async () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await run('npm', args, { cwd: ROOT, maxBuffer: LISTING_BYTES_MAX });
    const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    files = new Set(packed.files.map(({ path }) => path));
  });
  const broken = (file: string, targets: readonly string[]): string[] =>
    targets
      .map((target) => normalize(join(dirname(file), target)).replace(/\/$/, ''))
      .filter(
        (target) => !files.has(target) && ![...files].some((one) => one.startsWith(`${target}/`)),
      )
      .map((target) => `${file} -> ${target}`);

  it('has all that its documents link to', () => {
    const dead = [...files]
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => {
        const prose = readFileSync(join(ROOT, file), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
        const links = [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, to = '']) => to);
        return broken(
          file,
          links.filter((link) => !/^[a-z]+:/.test(link)),
        );
      });
    expect(dead).toEqual([]);
  });

  it('has the sources of its source maps, and nothing that only its making needs', () => {
    const maps = [...files].filter((file) => file.endsWith('.js.map') && !file.includes('console'));
    const dead = maps.flatMap((file) => {
      const { sources } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
        sources: string[];
      };
      // What was compiled from a file that is no more is cleared away before packing.
      const there = sources.filter((one) => existsSync(join(ROOT, dirname(file), one)));
      return broken(file, there);
    });
    expect(maps.length).toBeGreaterThan(100);
    expect(dead).toEqual([]);
    const making = /\.test(-d)?\.ts$|tsbuildinfo|golden|^(test|scripts|bench)\//;
    expect([...files].filter((file) => making.test(file) && !file.startsWith('examples/'))).toEqual(
      [],
    );
  });

  it('leaves zod to the program, so that there is one copy', () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as Record<string, object>;
    expect(dependencies).not.toHaveProperty('zod');
    expect(peerDependencies).toEqual({ zod: expect.stringMatching(/^\^4\./) });
  });

  it('has an example that names the package alone, so that it runs from there', () => {
    const example = [...files].filter((file) => /^examples\/library\/.*\.ts$/.test(file));
    expect(example.length).toBeGreaterThan(2);
    for (const file of example)
      expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(/from '\.\.\//);
  });
});
