import { setTimeout as sleep } from 'node:timers/promises';
import type { Projection } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import { feedName } from '../../read/projector/feeds.js';
import type { ViewStore } from '../../read/views/port.js';
import { examineReadSide, type ReadSideReport } from './examine-read-side.js';
import { type Finding, finding } from './finding.js';
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

/** A read store to look into, and how it is let go; or where there is none. */
export type OpenedViews =
  | { readonly views: ViewStore; close(): Promise<void> }
  | { readonly missing: string };

type Examined = {
  readonly projections: readonly Projection[];
  readonly open: () => Promise<OpenedViews>;
  /** Lets time go by, ms, in which the read store is asked nothing. */
  readonly pause: (ms: number) => Promise<void>;
};

const nothing = (code: string, what: string): ReadSideDiagnosis => ({
  readSide: null,
  findings: [finding(code, what, PLACE)],
});

const examine = async (
  log: OpenedStore,
  { projections, open, pause }: Examined,
): Promise<ReadSideDiagnosis> => {
  const opened = await open();
  if ('missing' in opened) return nothing('READ_STORE_MISSING', opened.missing);
  try {
    // Nodes answer meanwhile: the time that the read store has is not spent on them.
    const readSide = await examineReadSide({
      log,
      views: opened.views,
      projections,
      nodes: log.nodes(),
      feedName,
      isFeed: (consumer) => FEED.test(consumer),
      pause,
    });
    return { readSide, findings: readSide.findings };
  } finally {
    await opened.close().catch(() => undefined);
  }
};

/** Look at the read side past the nodes. A read store that is not there is a finding, no error. */
export const diagnoseReadSide = async (
  log: OpenedStore,
  projections: readonly Projection[],
  open: () => Promise<OpenedViews>,
): Promise<ReadSideDiagnosis> => {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let giveUp: () => void;
  const late = new Promise<ReadSideDiagnosis>((resolve) => {
    const what = `it said nothing for ${READ_STORE_WITHIN_MS / 1_000} s`;
    giveUp = () => resolve(nothing('READ_STORE_UNAVAILABLE', what));
  });
  const expectAnswers = (): void => {
    timer = setTimeout(giveUp, READ_STORE_WITHIN_MS);
  };
  const pause = async (ms: number): Promise<void> => {
    clearTimeout(timer);
    await sleep(ms);
    if (!isOver) expectAnswers();
  };
  expectAnswers();
  const examined = examine(log, { projections, open, pause }).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'READ_STORE_UNAVAILABLE')
      return nothing('READ_STORE_UNAVAILABLE', error.message);
    throw error;
  });
  try {
    return await Promise.race([examined, late]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
};
