/**
 * Longest that a test waits for what comes by itself. It tells that something does not come, never
 * how fast: a busy machine stands still for seconds. What must not come is waited for shortly.
 */
export const PATIENCE_MS = Number(process.env.STELE_TEST_PATIENCE_MS ?? 60_000);
/** The same for `vi.waitFor`; `expect.poll` waits so long anyway. */
export const PATIENTLY = { timeout: PATIENCE_MS, interval: 20 };
