import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openViews, postgresViews, sqliteViews } from '../src/read/views/index.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { viewStoreContract } from './support/view-store-contract.js';

let postgres: TestPostgres | undefined;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stele-views-'));
  postgres = await startTestPostgres();
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(dir, { recursive: true, force: true });
});

let files = 0;
viewStoreContract('SQLite in memory', async () => (options) => sqliteViews(':memory:', options), {
  isKept: false,
});
viewStoreContract('SQLite in a file', async () => {
  const dataDir = join(dir, `d${++files}`);
  return (options) => openViews({ databaseUrl: undefined, dataDir, ...options });
});
viewStoreContract(
  'PostgreSQL',
  async () => {
    const url = (await postgres?.database()) ?? '';
    return (options) => postgresViews(url, options);
  },
  { skip: NO_POSTGRES },
);
