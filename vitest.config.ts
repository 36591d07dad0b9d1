import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/patience.js';

const INTEGRATION = ['test/**/*.test.ts'];
/** One more than a small machine has cores: there is always one whose test waits. */
const MAX_WORKERS = 3;
/** Of one file: their tests wait most of the time, but what they look at must come in time. */
const MAX_SIDE_BY_SIDE = 4;
/** One queue for both projects: what is short fills the gaps that what is long leaves. */
const TOGETHER = { groupOrder: 0 };

/**
 * A test may take longer than it waits for one thing, so that it says what did not come. That something
 * is slow is no failure.
 */
const TEST_MS = 3 * PATIENCE_MS;
const expect = { poll: { timeout: PATIENCE_MS } };

/** What stands on a store: it must hold whichever copy of a stream answers, and however late. */
const ON_A_STORE = ['write/runtime', 'read/projector', 'read/time', 'read/live', 'edge/http'].map(
  (room) => `src/${room}/**/*.test.ts`,
);
/** Of these: what asks of sockets, sizes and malformed requests, whatever stands behind them. */
const WHATEVER_STORE = [
  'any-query',
  'any-request',
  'bounded-answers',
  'export',
  'hardening/*',
  'serve-http',
].map((file) => `src/edge/http/${file}.test.ts`);
const LAGGING_STORE = fileURLToPath(new URL('test/support/lagging-store.ts', import.meta.url));
/** The same tests over a store whose copies lag. */
const laggingCopies = {
  name: 'lagging-copies',
  enforce: 'pre' as const,
  resolveId: (source: string, importer?: string) =>
    source.endsWith('/store/memory-store.js') && importer !== LAGGING_STORE
      ? LAGGING_STORE
      : undefined,
};

/** What programs import from the package is the sources here, as `paths` in tsconfig.json says. */
const PACKAGE = {
  stele: 'src/index.ts',
  'stele/testing': 'src/testing/index.ts',
  'stele/client': 'src/client/index.ts',
};
const resolve = {
  alias: Object.entries(PACKAGE).map(([name, file]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(file, import.meta.url)),
  })),
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          maxWorkers: MAX_WORKERS,
          sequence: TOGETHER,
          // They change nothing outside themselves; modules are loaded once, not for every file.
          isolate: false,
          testTimeout: TEST_MS,
          expect,
          include: [
            'src/**/*.test.ts',
            'actors/**/*.test.ts',
            'streams/**/*.test.ts',
            'imports/**/*.test.ts',
            'examples/**/*.test.ts',
            'console/src/**/*.test.ts',
          ],
        },
      },
      {
        resolve,
        plugins: [laggingCopies],
        test: {
          name: 'lagging',
          maxWorkers: MAX_WORKERS,
          sequence: TOGETHER,
          isolate: false,
          testTimeout: TEST_MS,
          expect,
          include: ON_A_STORE,
          exclude: WHATEVER_STORE,
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          sequence: TOGETHER,
          isolate: false,
          include: INTEGRATION,
          globalSetup: ['find-nats-server', 'fast-disk', 'global-setup'].map(
            (file) => `test/support/${file}.ts`,
          ),
          testTimeout: TEST_MS,
          hookTimeout: TEST_MS,
          expect,
          maxWorkers: MAX_WORKERS,
          maxConcurrency: MAX_SIDE_BY_SIDE,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      // What a domain decides and folds, and what people read of it: the requirement asks for 90 %
      // of command and event handlers and 85 % of projections. Each file has it.
      include: ['actors/**/*.ts', 'streams/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', 'console/**', 'actors/{index,roles,watches}.ts'],
      thresholds: { perFile: true, lines: 90 },
      reporter: ['text-summary'],
    },
  },
});
