import type { Lag } from './lag.js';
import { median, medianRate } from './measure.js';
import type {
  Query,
  QueryFigures,
  ReadSideFigures,
  Rebuild,
  RebuildFigures,
  TravelFigures,
} from './read-side.js';
import type { EngineName } from './read-store.js';
import { ms, perSecond, type Row, verdict } from './row.js';

const MIB = 1024 ** 2;
const ENGINE_NAMES: Readonly<Record<EngineName, string>> = {
  sqlite: 'SQLite',
  postgresql: 'PostgreSQL',
};
const PROJECTION_NAMES = {
  plain: 'plain projection',
  portfolio: 'application-portfolio',
} as const;

/** What the design asks of a rebuild into SQLite, and what that means for a million events. */
const REBUILD_PER_SECOND = 50_000;
const REBUILD_MILLION_S = 20;
const LAG_P99_MS = 50;

const rounded = (count: number): string => count.toLocaleString('en');

const rebuildRow = ({ engine, projection, perSecond: rate, cpuUs }: Rebuild, raw: number): Row => ({
  what: `rebuild of the ${PROJECTION_NAMES[projection]}, ${ENGINE_NAMES[engine]}`,
  measured: `${perSecond(rate)} (1 M in ${(1_000_000 / rate).toFixed(0)} s)`,
  cpu: `${cpuUs.toFixed(0)} µs`,
  ofRaw: rate / raw,
  ...(engine === 'sqlite' && {
    budget: `≥ ${REBUILD_PER_SECOND / 1000} k/s; 1 M < ${REBUILD_MILLION_S} s`,
    verdict: verdict(rate >= REBUILD_PER_SECOND),
  }),
});

/** Whether memory is bounded shows in the second half: it needs no more than the first. */
const memoryRow = ({ engine, projection, peaks: { first, second } }: Rebuild): Row => {
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
  const most = (of: 'resident' | 'heap'): string => mib(Math.max(first[of], second[of]));
  const grown = (of: 'resident' | 'heap'): string => (second[of] / first[of]).toFixed(2);
  return {
    what: `its peak of memory: ${PROJECTION_NAMES[projection]}, ${ENGINE_NAMES[engine]}`,
    measured: `${most('resident')}, heap ${most('heap')}; 2nd half ${grown('resident')}, ${grown('heap')} × 1st`,
  };
};

const rebuildRows = ({ events, consume, rebuilds }: RebuildFigures): Row[] => {
  const raw = median(consume);
  return [
    { what: `raw: consuming ${rounded(events)} events`, measured: perSecond(raw) },
    ...rebuilds.flatMap((one) => [rebuildRow(one, raw), memoryRow(one)]),
  ];
};

const ASKED = {
  point: 'one document',
  list: 'filter, sort, page of 50',
  browse: 'sort all, page of 50',
} as const;

const queryRow = ({ engine, asking, over, callers, rates }: Query): Row => {
  const rate = medianRate(rates);
  const who = callers === 1 ? '1 caller' : `${callers} callers`;
  const where = over === 'http' ? 'HTTP' : 'read store';
  return {
    what: `${ASKED[asking]}, ${where}, ${ENGINE_NAMES[engine]}, ${who}`,
    measured: perSecond(rate.perSecond),
    p50: ms(rate.p50),
    p99: ms(rate.p99),
    ...(over === 'store' && { cpu: `${rate.cpuUs.toFixed(0)} µs` }),
  };
};

const queryRows = ({ documents, queries }: QueryFigures): Row[] =>
  queries.map((query, index) => {
    const row = queryRow(query);
    return index === 0 ? { ...row, what: `${row.what} (of ${rounded(documents)})` } : row;
  });

const TRAVELLED_NAMES = { hundred: '100', 'ten-thousand': '10,000' } as const;

const travelRows = ({ messages, aggregates, upTo, cold, cached }: TravelFigures): Row[] => [
  ...aggregates.map(
    ({ name, by, times: { n, p50, p99 } }): Row => ({
      what: `one of ${TRAVELLED_NAMES[name]} events at a random ${by}, among ${rounded(messages)} (${n} times)`,
      measured: ms(p50),
      p50: ms(p50),
      p99: ms(p99),
    }),
  ),
  ...(
    [
      ['the first time', cold],
      ['again', cached],
    ] as const
  ).map(
    ([when, { n, p50, p99 }]): Row => ({
      what: `portfolio as of event ${rounded(upTo)}, ${when} (${n} times)`,
      measured: ms(p50),
      p50: ms(p50),
      p99: ms(p99),
    }),
  ),
];

/** Rebuilds, questions and time travel. */
export const readSideRows = ({ rebuild, queries, travel }: ReadSideFigures): Row[] => [
  ...(rebuild ? rebuildRows(rebuild) : []),
  ...(queries ? queryRows(queries) : []),
  ...(travel ? travelRows(travel) : []),
];

/** The time from write to read. */
export const lagRows = (lags: readonly Lag[]): Row[] =>
  lags.flatMap(({ engine, most, perSecond: sent, reached, read, stale }) => {
    const load = `${perSecond(sent)} of at most ${perSecond(most)}`;
    const row = (what: string, { n, p50, p99 }: Lag['read']): Row => ({
      what: `${what}, ${ENGINE_NAMES[engine]} (${n} changes)`,
      measured: `at ${load}`,
      p50: ms(p50),
      p99: ms(p99),
      budget: `p99 < ${LAG_P99_MS} ms`,
      verdict: verdict(p99 < LAG_P99_MS),
    });
    return [
      row('write to read, in the node', reached),
      row(`write to read over HTTP, ${stale} stale answers`, read),
    ];
  });
