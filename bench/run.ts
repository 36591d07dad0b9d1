import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import { lagSteps, measureLag } from './lag.js';
import { describeMachine, load } from './machine.js';
import { measureMemory, measureReads, measureStart } from './others.js';
import { measureReadSide, readSideSteps } from './read-side.js';
import { type Figures, headOf, rowsOf, tableOf } from './report.js';
import { FULL, QUICK, type Run, SECTIONS, type Section } from './sections.js';
import { cellsOf, measureRates } from './throughput.js';
import { natsServerBinary } from './throwaway-server.js';

const HELP = `npm run bench -- [options]

  --quick          about four minutes instead of about twenty
  --only <name>    only this, may be given again: ${SECTIONS.join(', ')}
  --json <file>    write everything that was measured to a file
  --profile <dir>  write CPU profiles of the system under test (they slow it down)
`;

/** From bench/dist/bench to the folder of package.json. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const steps = ({ extent, wanted }: Pick<Run, 'extent' | 'wanted'>): number => {
  const reads = wanted('cold') || wanted('replay');
  return (
    cellsOf({ wanted }).length * (extent.rounds + 1) +
    (reads ? 2 : 0) +
    (wanted('replay') ? extent.replays : 0) +
    readSideSteps({ wanted }) +
    lagSteps({ wanted }) +
    (wanted('memory') ? 1 : 0) +
    (wanted('start') ? extent.starts : 0)
  );
};

const progress = (total: number): { step(doing: string): void; stop(): void } => {
  let done = 0;
  if (!process.stderr.isTTY)
    return {
      step: (doing) => void process.stderr.write(`${++done}/${total} ${doing}\n`),
      stop: () => undefined,
    };
  const bar = new cliProgress.SingleBar({
    format: 'bench {bar} {percentage}%  ETA {eta_formatted}  {doing}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
  });
  bar.start(total, 0, { doing: '' });
  return { step: (doing) => bar.update(done++, { doing }), stop: () => bar.stop() };
};

const measure = async (only: readonly Section[]): Promise<Figures> => {
  const loadBefore = load();
  const started = performance.now();
  const extent = values.quick ? QUICK : FULL;
  const wanted = (section: Section): boolean => only.length === 0 || only.includes(section);
  const dir = values.profile && resolve(values.profile);
  if (dir) mkdirSync(dir, { recursive: true });
  const shown = progress(steps({ extent, wanted }));
  const run: Run = { extent, wanted, profiles: dir, root: ROOT, step: shown.step };
  try {
    const rates = await measureRates(run);
    const reads = await measureReads(run);
    const readSide = await measureReadSide(run);
    const lags = await measureLag(run);
    const memory = await measureMemory(run);
    const start = await measureStart(run);
    const { version: natsServer } = await natsServerBinary();
    const seconds = (performance.now() - started) / 1000;
    const machine = describeMachine(loadBefore);
    const name = values.quick ? 'quick' : 'full';
    const readings = { reads, readSide, lags };
    return { machine, natsServer, extent: name, seconds, rates, ...readings, memory, start };
  } finally {
    shown.stop();
  }
};

const main = async (): Promise<void> => {
  const strange = values.only.find((name) => !SECTIONS.includes(name as Section));
  if (values.help || strange !== undefined) {
    if (strange !== undefined) process.stderr.write(`there is no "${strange}" to measure\n\n`);
    process.stdout.write(HELP);
    process.exitCode = strange === undefined ? 0 : 2;
    return;
  }
  const figures = await measure(values.only as Section[]);
  const rows = rowsOf(figures);
  process.stdout.write(`\n${headOf(figures)}\n\n${tableOf(rows)}\n`);
  if (values.json) {
    const rates = Object.fromEntries(figures.rates);
    writeFileSync(values.json, `${JSON.stringify({ ...figures, rates, rows }, null, 2)}\n`);
  }
};

// A plain end, so that the server and its directory go too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await main();
