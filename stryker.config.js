// `npm run test:mutation -- core`; what it is for: docs/reference/mutation-testing.md.
import { chosenArea, reportFile } from './scripts/mutation-areas.js';

const { name, mutate } = chosenArea();

export default {
  mutate,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // Which tests run stands there. Stryker's own `testFiles` would leave what is evaluated when a
  // module loads unchanged, and call it survived.
  vitest: { configFile: 'vitest.mutation.config.js', related: false },
  coverageAnalysis: 'perTest',
  // Texts for people: another wording is no fault.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['console', 'docs', 'dist', 'bench', 'coverage', 'reports'],
  concurrency: 2,
  // What only the set-up of test files runs by is nobody's test: every test would have to be run.
  ignoreStatic: name === 'store',
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: reportFile(name, 'incremental.json'),
  reporters: [
    process.stdout.isTTY ? 'progress' : 'progress-append-only',
    'clear-text',
    'json',
    'html',
  ],
  jsonReporter: { fileName: reportFile(name) },
  htmlReporter: { fileName: reportFile(name, 'html') },
  clearTextReporter: { logTests: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};
