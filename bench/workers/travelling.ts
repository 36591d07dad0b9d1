import { Application } from '../../actors/application/application.js';
import { isRefusal } from '../../src/core/refusal.js';
import { createTimeTravel } from '../../src/read/time/create-time-travel.js';
import type { MomentOrVersion, TimeTravel } from '../../src/read/time/time-travel.js';
import { sqliteViews } from '../../src/read/views/index.js';
import { applicationPortfolio } from '../../streams/application-portfolio/application-portfolio.js';
import { type Opened, openStore } from '../fixtures.js';
import { drawn } from '../questions.js';
import { idsOf } from '../samples.js';
import { TRAVELLED, type Travelled } from '../travelled.js';
import { answerCalls } from '../worker.js';

const PAGE = { where: [], sort: [{ column: 'name', descending: false }], limit: 50 };

let opened: Opened;
const ids: Record<string, readonly string[]> = {};

/** With nothing in memory. */
const fresh = (): TimeTravel & { close(): Promise<void> } =>
  createTimeTravel({ store: opened.store, ephemeral: () => sqliteViews(':memory:') });

/** How long something took, milliseconds. */
const took = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Times of single questions about other moments than now, milliseconds. */
const handlers = {
  open: async ({ url, of }: { url: string; of: Record<Travelled, number> }): Promise<void> => {
    opened = await openStore(url);
    for (const name of Object.keys(TRAVELLED)) ids[name] = idsOf(name, of[name as Travelled]);
  },
  /** One application at a random version, or at the server time of a random version. */
  aggregate: async ({ name, by }: { name: Travelled; by: 'version' | 'time' }): Promise<number> => {
    const own = ids[name]!;
    const id = own[drawn(own.length)]!;
    const version = 1 + drawn(TRAVELLED[name]);
    const time = fresh();
    let at: MomentOrVersion = { version };
    if (by === 'time') {
      const then = await time.aggregate(Application, id, at);
      if (isRefusal(then)) throw new Error(then.message);
      at = { asOf: then.recorded_at, effectiveAt: null };
    }
    return took(async () => {
      const found = await time.aggregate(Application, id, at);
      if (isRefusal(found)) throw new Error(found.message);
      // The first events of a history share their time: then the last of them counts.
      if (found.version < version)
        throw new Error(`version ${found.version} instead of ${version}`);
    });
  },
  /** The first page of the portfolio as of a position: the first time, and once more. */
  portfolio: async ({ upTo }: { upTo: number }): Promise<{ cold: number; cached: number }> => {
    const time = fresh();
    const ask = async (): Promise<void> => {
      const asOf = new Map([['application', upTo]]);
      const reading = await time.reading(applicationPortfolio, { asOf, effectiveAt: null });
      if (isRefusal(reading)) throw new Error(reading.message);
      const { documents } = await reading.store.find(reading.slot, PAGE);
      if (documents.length < PAGE.limit) throw new Error('the portfolio is not there');
    };
    const cold = await took(ask);
    const cached = await took(ask);
    await time.close();
    return { cold, cached };
  },
};
export type Travelling = typeof handlers;

answerCalls(handlers, async () => {
  await opened?.store.close();
  await opened?.nc.close();
});
