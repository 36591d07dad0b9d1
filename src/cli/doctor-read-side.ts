import { existsSync } from 'node:fs';
import type { Config } from '../config.js';
import { Fault } from '../core/refusal.js';
import { completeProjections } from '../projections/index.js';
import { feedName } from '../projector/feeds.js';
import { postgresViews, sqliteViews, viewsFile } from '../views/index.js';
import type { ViewStore } from '../views/port.js';
import { examineReadSide, type ReadSideReport } from './examine-read-side.js';
import { type Finding, finding } from './finding.js';
import type { Composition } from './program.js';
import type { OpenedStore } from './reading-store.js';

/** A database that says nothing for this long counts as gone: the doctor has an answer to give. */
const READ_STORE_WITHIN_MS = 6_000;
/** Durable consumers that projectors make, by the form of their names. */
const FEED = /^[a-z][a-z0-9-]*-g\d+-[0-9a-f]{8}$/;
const PLACE = { stream: 'read store' };

/** What the doctor says of the read side; null when there is nothing to look at. */
export type ReadSideDiagnosis = {
  readonly readSide: ReadSideReport | null;
  readonly findings: readonly Finding[];
};

const unavailable = (what: string): ReadSideDiagnosis => ({
  readSide: null,
  findings: [finding('READ_STORE_UNAVAILABLE', what, PLACE)],
});

const fileOf = ({ dataDir, nats }: Config): string => viewsFile(dataDir, nats?.servers);

const open = (config: Config): Promise<ViewStore> =>
  config.databaseUrl === null
    ? sqliteViews(fileOf(config), { readOnly: true })
    : postgresViews(config.databaseUrl);

const examine = async (
  { definitions, projections: own = [] }: Composition,
  config: Config,
  log: OpenedStore,
): Promise<ReadSideDiagnosis> => {
  if (config.databaseUrl === null && !existsSync(fileOf(config))) {
    const what = `there is none in ${config.dataDir}`;
    return { readSide: null, findings: [finding('READ_STORE_MISSING', what, PLACE)] };
  }
  const projections = completeProjections(definitions, own);
  const views = await open(config);
  try {
    const nodes = await log.nodes();
    const readSide = await examineReadSide({
      ...{ log, views, projections, nodes, feedName },
      isFeed: (consumer) => FEED.test(consumer),
    });
    return { readSide, findings: readSide.findings };
  } finally {
    await views.close().catch(() => undefined);
  }
};

/** Look at the read side past the nodes. A read store that is not there is a finding, no error. */
export const diagnoseReadSide = async (
  composition: Composition,
  config: Config,
  log: OpenedStore,
): Promise<ReadSideDiagnosis> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadSideDiagnosis>((resolve) => {
    timer = setTimeout(
      () => resolve(unavailable(`it said nothing for ${READ_STORE_WITHIN_MS / 1_000} s`)),
      READ_STORE_WITHIN_MS,
    );
  });
  const examined = examine(composition, config, log).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'READ_STORE_UNAVAILABLE')
      return unavailable(error.message);
    throw error;
  });
  try {
    return await Promise.race([examined, late]);
  } finally {
    clearTimeout(timer);
  }
};
