import cliProgress from 'cli-progress';
import type { Io } from './io.js';
import { write } from './io.js';

/** Without a terminal a line is written this often. */
const LINE_EVERY_MS = 5_000;
const REDRAW_PER_SECOND = 10;
/** The time left is reckoned from the speed over so many steps. */
const ETA_FROM_LAST = 50;

/** How far long work is, on standard error: a bar on a terminal, now and then a line elsewhere. */
export type Progress = {
  at(done: number, doing: string): void;
  /** Says something that is not progress. */
  say(doing: string): void;
  stop(): void;
};

const bar = (io: Io, what: string, total: number): Progress => {
  const drawn = new cliProgress.SingleBar({
    stream: io.stderr,
    format: `${what} {bar} {percentage}%  {value}/{total}  ETA {eta_formatted}  {doing}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    fps: REDRAW_PER_SECOND,
    etaBuffer: ETA_FROM_LAST,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    gracefulExit: false,
  });
  drawn.start(total, 0, { doing: '' });
  let last = 0;
  return {
    at: (done, doing) => {
      // The same number again would count as standing still and make the ETA infinite.
      if (done === last) drawn.update({ doing });
      else drawn.update(done, { doing });
      last = done;
    },
    say: (doing) => drawn.update({ doing }),
    stop: () => drawn.stop(),
  };
};

const lines = (io: Io, what: string, total: number): Progress => {
  let last = performance.now();
  return {
    at: (done, doing) => {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      write(io.stderr, `${what} ${done}/${total}  ${doing}`);
    },
    say: (doing) => write(io.stderr, `${what}: ${doing}`),
    stop: () => undefined,
  };
};

export const progress = (io: Io, what: string, total: number): Progress =>
  (io.stderr.isTTY ? bar : lines)(io, what, total);
