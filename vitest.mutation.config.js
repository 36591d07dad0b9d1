import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { chosenArea } from './scripts/mutation-areas.js';

const { tests } = chosenArea();

/** A change that a test without a server notices is not tried on one: the first failure ends it. */
class WithoutServerFirst extends BaseSequencer {
  async sort(files) {
    const needsServer = ({ moduleId }) => /\/test\/[^/]+$/.test(moduleId);
    return files.toSorted((one, other) => needsServer(one) - needsServer(other));
  }
}

/** The tests of one area, each file in a thread of its own: what one change left behind is gone. */
export default defineConfig({
  test: {
    include: tests,
    globalSetup: ['test/support/find-nats-server.ts'],
    setupFiles: ['test/support/no-shrinking.ts'],
    sequence: { sequencer: WithoutServerFirst },
    testTimeout: 20_000,
    // A change that makes something never come is noticed sooner than a busy machine is.
    env: { STELE_TEST_PATIENCE_MS: '5000' },
    hookTimeout: 60_000,
  },
});
