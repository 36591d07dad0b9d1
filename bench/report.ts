import type { Lag } from './lag.js';
import type { Machine } from './machine.js';
import { median, medianRate, type Rate } from './measure.js';
import type { MemoryFigures, ReadFigures } from './others.js';
import type { ReadSideFigures } from './read-side.js';
import { lagRows, readSideRows } from './read-side-rows.js';
import { ms, perSecond, type Row, verdict } from './row.js';
import type { Rates } from './throughput.js';
import type { LoadName } from './workers/reads.js';

const GIB = 1024 ** 3;

/** Everything one run measured. */
export type Figures = {
  readonly machine: Machine;
  readonly natsServer: string;
  readonly extent: string;
  readonly seconds: number;
  readonly rates: Rates;
  readonly reads: ReadFigures | undefined;
  readonly readSide: ReadSideFigures | undefined;
  readonly lags: readonly Lag[] | undefined;
  readonly memory: MemoryFigures | undefined;
  readonly start: number | string | undefined;
};

const NAMES: Readonly<Record<string, string>> = {
  single: 'raw: one publish per event',
  group: 'raw: group commit',
  commands: 'commands in process',
  hot: 'commands in process, one aggregate',
  http: 'commands over HTTP',
  bare: 'Hono and zod, no store',
  nats: 'commands over NATS',
};

/** The median over the rounds of one thing's share of another. */
const shareOf = (
  some: readonly Rate[],
  others: readonly Rate[] | undefined,
  of: (rate: Rate) => number,
): number | undefined => others && median(some.map((one, round) => of(one) / of(others[round]!)));

type Goal = { readonly perSecond: number; readonly ofRaw?: number; readonly p99OfRaw?: number };
const GOALS: Readonly<Record<string, Goal>> = {
  'commands 256': { perSecond: 25_000, ofRaw: 0.75 },
  'http 256': { perSecond: 15_000, p99OfRaw: 2.5 },
  'nats 256': { perSecond: 18_000, p99OfRaw: 2.5 },
};

const judged = (goal: Goal, rate: Rate, shares: { ofRaw: number; p99OfRaw: number }) => {
  const parts = [
    goal.ofRaw !== undefined && `≥ ${goal.ofRaw * 100} % of raw`,
    `≥ ${goal.perSecond / 1000} k/s`,
    goal.p99OfRaw !== undefined && `p99 ≤ ${goal.p99OfRaw} × raw (${shares.p99OfRaw.toFixed(1)} ×)`,
  ];
  const good =
    rate.perSecond >= goal.perSecond &&
    shares.ofRaw >= (goal.ofRaw ?? 0) &&
    shares.p99OfRaw <= (goal.p99OfRaw ?? Number.POSITIVE_INFINITY);
  return { budget: parts.filter(Boolean).join('; '), verdict: verdict(good) };
};

const rateRows = (rates: Rates): Row[] =>
  [...rates].map(([key, some]) => {
    const [section = '', callers] = key.split(' ');
    const raw =
      section === 'group' || section === 'bare' ? undefined : rates.get(`group ${callers}`);
    const rate = medianRate(some);
    const ofRaw = shareOf(some, raw, (one) => one.perSecond);
    const p99OfRaw = shareOf(some, raw, (one) => one.p99);
    const goal = GOALS[key];
    return {
      what: `${NAMES[section]}, ${callers} ${callers === '1' ? 'caller' : 'callers'}`,
      measured: perSecond(rate.perSecond),
      p50: ms(rate.p50),
      p99: ms(rate.p99),
      ...(section !== 'bare' && { cpu: `${rate.cpuUs.toFixed(0)} µs` }),
      ...(ofRaw !== undefined && { ofRaw }),
      ...(goal &&
        ofRaw !== undefined &&
        p99OfRaw !== undefined &&
        judged(goal, rate, { ofRaw, p99OfRaw })),
    };
  });

const overheadRows = (rates: Rates): Row[] => {
  const [commands, group] = [rates.get('commands 1'), rates.get('group 1')];
  if (!commands || !group) return [];
  const over = median(commands.map(({ p50 }, round) => p50 - group[round]!.p50));
  return [
    {
      what: 'warm command, over the append alone',
      measured: ms(over),
      budget: '< 0.3 ms',
      verdict: verdict(over < 0.3),
    },
  ];
};

const LOADED: Readonly<Record<LoadName, readonly [what: string, budget?: number]>> = {
  hundred: ['cold load: 100 events, no snapshot', 10],
  'hundred-snapshot': ['cold load: 100 events, snapshot at 75', 10],
  'ten-thousand-snapshot': ['cold load: 10,050 events, snapshot at 10,000', 10],
};

const readRows = ({ messages, loads, replays }: ReadFigures): Row[] => {
  const rows = Object.entries(loads).map(([name, { n, p50, p99 }]): Row => {
    const [what, budget = Number.POSITIVE_INFINITY] = LOADED[name as LoadName];
    return {
      what: `${what} (${n} loads)`,
      measured: ms(p50),
      p50: ms(p50),
      p99: ms(p99),
      budget: `< ${budget} ms`,
      verdict: verdict(p50 < budget),
    };
  });
  if (!replays) return rows;
  const share = (some: readonly number[]): number =>
    median(some.map((rate, round) => rate / replays.consume[round]!));
  const follow = share(replays.follow);
  return [
    ...rows,
    {
      what: `raw: consuming ${messages} events`,
      measured: perSecond(median(replays.consume)),
    },
    {
      what: 'replay into folded state',
      measured: perSecond(median(replays.follow)),
      ofRaw: follow,
      budget: '≥ 60 % of raw',
      verdict: verdict(follow >= 0.6),
    },
    {
      what: 'the same by batched reads',
      measured: perSecond(median(replays.scan)),
      ofRaw: share(replays.scan),
    },
  ];
};

const memoryRows = ({ count, heapBytes, residentBytes }: MemoryFigures): Row[] => {
  const perGib = (bytes: number): string => Math.round(GIB / bytes).toLocaleString('en');
  const worst = Math.max(heapBytes, residentBytes);
  return [
    {
      what: `resident actors per GiB (${count} of 6 events), by heap`,
      measured: `${perGib(heapBytes)} (${(heapBytes / 1024).toFixed(1)} KiB each)`,
    },
    {
      what: 'resident actors per GiB, by memory of the process',
      measured: `${perGib(residentBytes)} (${(residentBytes / 1024).toFixed(1)} KiB each)`,
      budget: '≥ 100,000',
      verdict: verdict(GIB / worst >= 100_000),
    },
  ];
};

const startRows = (start: number | string): Row[] => [
  {
    what: 'start to ready, empty directory',
    measured: typeof start === 'string' ? start : ms(start),
    budget: '< 3 s',
    ...(typeof start === 'number' && { verdict: verdict(start < 3_000) }),
  },
];

export const rowsOf = (figures: Figures): Row[] => {
  const { rates, reads, readSide, lags, memory, start } = figures;
  return [
    ...rateRows(rates),
    ...overheadRows(rates),
    ...(reads ? readRows(reads) : []),
    ...(readSide ? readSideRows(readSide) : []),
    ...(lags ? lagRows(lags) : []),
    ...(memory ? memoryRows(memory) : []),
    ...(start === undefined ? [] : startRows(start)),
  ];
};

const COLUMNS: readonly (readonly [string, (row: Row) => string])[] = [
  ['what', ({ what }) => what],
  ['measured', ({ measured }) => measured],
  ['p50', ({ p50 = '' }) => p50],
  ['p99', ({ p99 = '' }) => p99],
  ['CPU each', ({ cpu = '' }) => cpu],
  ['of raw', ({ ofRaw }) => (ofRaw === undefined ? '' : `${Math.round(ofRaw * 100)} %`)],
  ['budget', ({ budget = '' }) => budget],
  ['', ({ verdict: said = '' }) => said],
];

/** The rows as a Markdown table that is also readable as it stands. */
export const tableOf = (rows: readonly Row[]): string => {
  const cells = [
    COLUMNS.map(([title]) => title),
    ...rows.map((row) => COLUMNS.map(([, of]) => of(row))),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(3, ...cells.map((line) => line[at]!.length)));
  const lines = cells.map(
    (line) => `| ${line.map((text, at) => text.padEnd(widths[at]!)).join(' | ')} |`,
  );
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
};

/** Where and when it was measured, in a few lines. */
export const headOf = ({ machine, natsServer, extent, seconds }: Figures): string =>
  [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGib.toFixed(0)} GiB; load average ${machine.loadBefore.toFixed(1)} before, ${machine.loadAfter.toFixed(1)} after`,
    `Node ${machine.node}, nats-server ${natsServer}, sync_interval: always; fsync of 1 KiB: p50 ${ms(machine.fsyncP50)}, p99 ${ms(machine.fsyncP99)}`,
    `${extent} run, ${seconds.toFixed(0)} s; callers wait for their answer before they ask again; medians over the rounds`,
  ].join('\n');
