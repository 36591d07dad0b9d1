import { memoryStore as open } from '../../src/write/store/memory-store.js';

/** How late the copies are: long enough that a read right after a write meets one that lacks it. */
const LAG_MS = 5;

/** The memory store with copies that lag: the project `lagging` puts it in place of the other. */
export const memoryStore: typeof open = (options) => open({ lagMs: LAG_MS, ...options });
