import { buildIfStale } from './build.js';

/** Brings the compiled program up to date, for tests of `bin/`. */
export const setup = buildIfStale;
