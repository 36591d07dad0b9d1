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
viewStoreContract('SQLite in memory', (limits) => sqliteViews(':memory:', { limits }));
viewStoreContract('SQLite in a file', (limits) =>
  openViews({ databaseUrl: undefined, dataDir: join(dir, `d${++files}`), limits }),
);
viewStoreContract(
  'PostgreSQL',
  async (limits) => postgresViews((await postgres?.database()) ?? '', { limits }),
  NO_POSTGRES,
);
