import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ViewStore } from './port.js';
import { type PostgresOptions, postgresViews } from './postgres.js';
import { sqliteViews } from './sqlite.js';

export { postgresViews, sqliteViews };

const DIGITS = 8;

/**
 * The file of the embedded read store: one for the server of our own, and one for every other log,
 * told apart by the NATS servers, so that documents of one log are never taken for another's.
 */
export const viewsFile = (dataDir: string, servers?: readonly string[]): string => {
  if (!servers) return join(dataDir, 'views.sqlite');
  const named = createHash('sha256')
    .update([...servers].sort().join(' '))
    .digest('hex');
  return join(dataDir, `views-${named.slice(0, DIGITS)}.sqlite`);
};

/** PostgreSQL where a URL is given, else SQLite in the data directory. */
export const openViews = ({
  databaseUrl,
  dataDir,
  servers,
  ...options
}: PostgresOptions & {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** The NATS servers of the log, when they are not our own. */
  readonly servers?: readonly string[] | undefined;
}): Promise<ViewStore> =>
  databaseUrl === undefined
    ? sqliteViews(viewsFile(dataDir, servers), options)
    : postgresViews(databaseUrl, options);
