import { join } from 'node:path';
import type { ViewStore } from './port.js';
import { postgresViews } from './postgres.js';
import { sqliteViews } from './sqlite.js';

export { postgresViews, sqliteViews };

/** Name of the embedded read store in the data directory. */
export const VIEWS_FILE = 'views.sqlite';

/** PostgreSQL where a URL is given, else SQLite in the data directory. */
export const openViews = ({
  databaseUrl,
  dataDir,
}: {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
}): Promise<ViewStore> =>
  databaseUrl === undefined ? sqliteViews(join(dataDir, VIEWS_FILE)) : postgresViews(databaseUrl);
