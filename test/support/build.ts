import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['src', 'actors', 'streams', 'imports'];
/** What the pages of the console are made of; they draw with the pictures and name the types. */
const PAGES = ['console', 'src/core/picture', 'src/client'];
const BUILD_WITHIN_MS = 110_000;

const newest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(
        (one) =>
          one.isFile() &&
          /\.(tsx?|css|html|svg)$/.test(one.name) &&
          !/\.test(-d)?\.ts$/.test(one.name),
      )
      .map((one) => statSync(join(one.parentPath, one.name)).mtimeMs),
  );

const builtAt = (): number => {
  const built = ['.tsbuildinfo', 'main.js'].map((file) =>
    statSync(join(ROOT, 'dist', file), { throwIfNoEntry: false }),
  );
  return built.includes(undefined) ? 0 : built[0]!.mtimeMs;
};

/**
 * Compiles the program when `dist` is missing or older than the sources, for tests of `bin/`.
 * Type errors are told, not fatal here: `npm run check` is what fails on them.
 */
export const buildIfStale = (): void => {
  buildProgram();
  buildConsole();
};

const buildConsole = (): void => {
  const page = statSync(join(ROOT, 'dist/console/index.html'), { throwIfNoEntry: false });
  if (page && page.mtimeMs > Math.max(...PAGES.map(newest))) return;
  process.stderr.write('building the console …\n');
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', 'console/vite.config.ts', '--logLevel', 'warn'];
  execFileSync(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: BUILD_WITHIN_MS,
  });
};

const buildProgram = (): void => {
  if (builtAt() > Math.max(...SOURCES.map(newest))) return;
  process.stderr.write('building …\n');
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: BUILD_WITHIN_MS,
    });
  } catch (error) {
    if (builtAt() === 0) throw error;
    process.stderr.write('the build has type errors\n');
  }
};
