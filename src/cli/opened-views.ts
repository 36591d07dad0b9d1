import { existsSync } from 'node:fs';
import type { Config } from '../node/config.js';
import type { OpenedViews } from '../operate/doctor/diagnose-read-side.js';
import { postgresViews, sqliteViews, viewsFile } from '../read/views/index.js';

/** The read store that a configuration names, to look into; where there is none, that is said. */
export const openedViews = async ({ dataDir, databaseUrl, nats }: Config): Promise<OpenedViews> => {
  const file = viewsFile(dataDir, nats?.servers);
  if (databaseUrl === null && !existsSync(file)) return { missing: `there is none in ${dataDir}` };
  const views =
    databaseUrl === null
      ? await sqliteViews(file, { readOnly: true })
      : await postgresViews(databaseUrl);
  return { views, close: () => views.close() };
};
