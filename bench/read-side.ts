import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Rate, type Times, timesOf } from './measure.js';
import { ASKINGS, type Asking } from './questions.js';
import type { EngineName } from './read-store.js';
import type { Run } from './sections.js';
import { startThrowawayPostgres, type ThrowawayPostgres } from './throwaway-postgres.js';
import { startThrowawayServer } from './throwaway-server.js';
import { TRAVELLED, type Travelled } from './travelled.js';
import { startWorker, type Worker } from './worker.js';
import type { Landscape } from './workers/landscape.js';
import type { Load } from './workers/load.js';
import type { Built, Projected, Projecting } from './workers/projecting.js';
import type { Travelling } from './workers/travelling.js';

export type Rebuild = Built & { readonly engine: EngineName; readonly projection: Projected };
export type RebuildFigures = {
  readonly events: number;
  /** Raw consumption of the same messages, events per second: before, between and after. */
  readonly consume: readonly number[];
  readonly rebuilds: readonly Rebuild[];
};
export type Query = {
  readonly engine: EngineName;
  readonly asking: Asking;
  readonly over: 'store' | 'http';
  readonly callers: number;
  readonly rates: readonly Rate[];
};
export type QueryFigures = { readonly documents: number; readonly queries: readonly Query[] };
export type TravelFigures = {
  /** Messages of the stream that the aggregates lie in. */
  readonly messages: number;
  readonly aggregates: readonly {
    readonly name: Travelled;
    readonly by: 'version' | 'time';
    readonly times: Times;
  }[];
  /** Events up to the moment. */
  readonly upTo: number;
  readonly cold: Times;
  readonly cached: Times;
};
export type ReadSideFigures = {
  readonly rebuild: RebuildFigures | undefined;
  readonly queries: QueryFigures | undefined;
  readonly travel: TravelFigures | undefined;
};

const CALLERS = [1, 32];
/** Events before the moment at which the portfolio is asked for. */
const MOMENT_AT = 10_000;
/** What is measured on the large stream, one after the other. */
const BUILDS: readonly (readonly [EngineName, Projected])[] = [
  ['sqlite', 'plain'],
  ['sqlite', 'portfolio'],
  ['postgresql', 'plain'],
  ['postgresql', 'portfolio'],
];

type Large = {
  readonly run: Run;
  readonly url: string;
  readonly messages: number;
  readonly landscape: Worker<Landscape>;
  readonly postgres: ThrowawayPostgres | undefined;
};

const wants = ({ wanted }: Pick<Run, 'wanted'>): boolean =>
  wanted('rebuild') || wanted('queries') || wanted('time-travel');

/** The builds a run needs: to measure them, or to ask what they built. */
const buildsOf = ({ wanted }: Pick<Run, 'wanted'>): typeof BUILDS =>
  BUILDS.filter(
    ([, projection]) => wanted('rebuild') || (wanted('queries') && projection === 'portfolio'),
  );

/** How often `step` is called. */
export const readSideSteps = (run: Pick<Run, 'wanted'>): number =>
  (wants(run) ? 1 : 0) +
  buildsOf(run).length +
  (run.wanted('queries') ? 2 : 0) +
  (run.wanted('time-travel') ? 1 : 0);

const askAll = async (
  { run }: Large,
  projecting: Worker<Projecting>,
  engine: EngineName,
): Promise<Query[]> => {
  const { warmMs, ms, queryRounds, applications } = run.extent;
  const url = await projecting.call('serve', null);
  const load = startWorker<Load>('load');
  const rates = new Map<string, Query & { rates: Rate[] }>();
  try {
    for (let round = 0; round <= queryRounds; round++)
      for (const asking of ASKINGS)
        for (const callers of CALLERS)
          for (const over of ['store', 'http'] as const) {
            const cell = { asking, callers, applications, warmMs, ms };
            const rate =
              over === 'store'
                ? await projecting.call('ask', cell)
                : await load.call('ask', { ...cell, url });
            const key = `${asking} ${callers} ${over}`;
            const query = rates.get(key) ?? { engine, asking, over, callers, rates: [] };
            rates.set(key, query);
            if (round > 0) query.rates.push(rate); // the first one warms up
          }
  } finally {
    await load.end();
  }
  return [...rates.values()];
};

const buildAndAsk = async (
  large: Large,
): Promise<{ readonly rebuild: RebuildFigures; readonly queries: Query[]; documents: number }> => {
  const { run, url, messages, landscape, postgres } = large;
  const consume: number[] = [];
  const rebuilds: Rebuild[] = [];
  const queries: Query[] = [];
  for (const [engine, projection] of buildsOf(run)) {
    run.step(`building ${projection} in ${engine}`);
    if (engine === 'postgresql' && !postgres) continue;
    if (run.wanted('rebuild')) consume.push(await landscape.call('consume', { upTo: messages }));
    const dataDir = mkdtempSync(join(tmpdir(), 'stele-bench-views-'));
    const databaseUrl = engine === 'postgresql' ? postgres?.url : undefined;
    const projecting = startWorker<Projecting>('projecting');
    try {
      const place = { databaseUrl, dataDir };
      const written =
        run.profiles &&
        (await projecting.profile(
          join(run.profiles, `rebuild-${engine}-${projection}.cpuprofile`),
        ));
      const built = await projecting.call('build', { url, place, projection, upTo: messages });
      await (written || undefined)?.();
      rebuilds.push({ engine, projection, ...built });
      if (run.wanted('queries') && projection === 'portfolio') {
        run.step(`questions to ${engine}`);
        queries.push(...(await askAll(large, projecting, engine)));
      }
    } finally {
      await projecting.end();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  const documents = rebuilds.at(-1)?.documents ?? 0;
  return { rebuild: { events: messages, consume, rebuilds }, queries, documents };
};

const travel = async ({ run, url, messages }: Large, of: Record<Travelled, number>) => {
  run.step('time travel');
  const travelling = startWorker<Travelling>('travelling');
  const { journeys, moments } = run.extent;
  try {
    await travelling.call('open', { url, of });
    const aggregates: TravelFigures['aggregates'][number][] = [];
    for (const name of Object.keys(TRAVELLED) as Travelled[])
      for (const by of ['version', 'time'] as const) {
        const took: number[] = [];
        for (let n = 0; n < journeys; n++)
          took.push(await travelling.call('aggregate', { name, by }));
        aggregates.push({ name, by, times: timesOf(took) });
      }
    const upTo = Math.min(MOMENT_AT, messages);
    const pages: { cold: number; cached: number }[] = [];
    for (let n = 0; n < moments; n++) pages.push(await travelling.call('portfolio', { upTo }));
    return {
      messages,
      aggregates,
      upTo,
      cold: timesOf(pages.map(({ cold }) => cold)),
      cached: timesOf(pages.map(({ cached }) => cached)),
    };
  } finally {
    await travelling.end();
  }
};

/** Rebuilds, questions and time travel, on one large stream. */
export const measureReadSide = async (run: Run): Promise<ReadSideFigures | undefined> => {
  if (!wants(run)) return undefined;
  const { wanted, extent } = run;
  const server = await startThrowawayServer();
  const landscape = startWorker<Landscape>('landscape');
  let postgres: ThrowawayPostgres | undefined;
  try {
    const { url } = server;
    const { applications } = extent;
    const of = wanted('time-travel')
      ? { hundred: extent.hundreds, 'ten-thousand': extent.travelledTenThousands }
      : { hundred: 0, 'ten-thousand': 0 };
    run.step('writing a landscape');
    const messages = await landscape.call('write', { url, applications, of });
    if (buildsOf(run).length > 0) postgres = await startThrowawayPostgres();
    const large: Large = { run, url, messages, landscape, postgres };
    const { rebuild, queries, documents } = await buildAndAsk(large);
    return {
      rebuild: wanted('rebuild') ? rebuild : undefined,
      queries: wanted('queries') ? { documents, queries } : undefined,
      travel: wanted('time-travel') ? await travel(large, of) : undefined,
    };
  } finally {
    await landscape.end();
    await postgres?.stop();
    await server.stop();
  }
};
