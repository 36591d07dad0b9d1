import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { commandSubject } from '../../src/core/subjects.js';
import { Mux } from '../../src/write/store/nats/mux.js';
import { HttpConnection } from '../http-client.js';
import { landscapeIds } from '../landscape.js';
import { closedLoop, type Rate, type Times, timesOf, type Window } from '../measure.js';
import { type Asking, pathOf } from '../questions.js';
import { AGGREGATES, idsOf, inTurn, ownerData } from '../samples.js';
import { answerCalls } from '../worker.js';

type Cell = Window & { readonly callers: number; readonly ids: string };
/** Load at a fixed rate: commands per second, and every how many-th is read again. */
type Pace = Cell & { readonly url: string; readonly perSecond: number; readonly readEvery: number };
export type Paced = {
  /** Commands per second that were answered within the window. */
  readonly perSecond: number;
  /** From the answer to a command to the first answer that shows what it did, milliseconds. */
  readonly lags: Times;
  /** Answers that did not show it yet. */
  readonly stale: number;
};

/** A change that is not read by then is a fault, not a lag. */
const READABLE_WITHIN_MS = 10_000;

let nc: NatsConnection | undefined;
let mux: Mux | undefined;
/** Above every number in the histories, so that each command changes the owner. */
let count = 1_000_000;

const open = (url: string, callers: number): Promise<HttpConnection[]> =>
  Promise.all(Array.from({ length: callers }, () => HttpConnection.open(url)));

/** Send one SetOwner. Returns the owner it set. */
const change = async (connection: HttpConnection, id: string): Promise<string> => {
  const data = ownerData(count++);
  const path = `/applications/${id}/commands/set-owner`;
  const { status, body } = await connection.post(path, JSON.stringify(data));
  if (status !== 200) throw new Error(`HTTP ${status}: ${body}`);
  return data.owner;
};

/** Ask for an application until it has an owner. Returns how many answers did not say so yet. */
const seen = async (connection: HttpConnection, id: string, owner: string): Promise<number> => {
  const deadline = performance.now() + READABLE_WITHIN_MS;
  for (let stale = 0; ; stale++) {
    const { status, body } = await connection.get(`/applications/${id}`);
    if (status === 200 && body.includes(`"owner":"${owner}"`)) return stale;
    if (performance.now() > deadline) throw new Error(`HTTP ${status}, not ${owner}: ${body}`);
  }
};

/** The load generators: commands and questions, from a process of their own. */
const handlers = {
  http: async ({ url, callers, ids, ...window }: Cell & { url: string }): Promise<Rate> => {
    const next = inTurn(callers, idsOf(ids, AGGREGATES));
    const connections = await open(url, callers);
    try {
      return await closedLoop(callers, window, async (caller) => {
        await change(connections[caller]!, next(caller));
      });
    } finally {
      for (const connection of connections) connection.close();
    }
  },
  /**
   * SetOwner over HTTP at a fixed rate, shared out among callers: who falls behind does not wait
   * before the next one. Some of the changes are read again by whoever made them.
   */
  paced: async ({ url, callers, ids, perSecond, readEvery, warmMs, ms }: Pace): Promise<Paced> => {
    const next = inTurn(callers, idsOf(ids, AGGREGATES));
    const connections = await open(url, callers);
    const begin = performance.now();
    const from = begin + warmMs;
    const until = from + ms;
    const everyMs = (callers / perSecond) * 1000;
    const lags: number[] = [];
    let [answered, stale, sent] = [0, 0, 0];
    const call = async (caller: number): Promise<void> => {
      const connection = connections[caller]!;
      for (let due = begin + (everyMs * caller) / callers; due < until; due += everyMs) {
        const early = due - performance.now();
        if (early > 0) await pause(early);
        const id = next(caller);
        const read = sent++ % readEvery === 0;
        const owner = await change(connection, id);
        const acknowledged = performance.now();
        const counts = acknowledged >= from && acknowledged < until;
        if (counts) answered++;
        if (!read) continue;
        const staleOnes = await seen(connection, id, owner);
        if (!counts) continue;
        stale += staleOnes;
        lags.push(performance.now() - acknowledged);
      }
    };
    try {
      await Promise.all(connections.map((_, caller) => call(caller)));
    } finally {
      for (const connection of connections) connection.close();
    }
    return { perSecond: (answered / ms) * 1000, lags: timesOf(lags), stale };
  },
  /** Questions about a landscape over HTTP. */
  ask: async ({
    url,
    asking,
    callers,
    applications,
    ...window
  }: Window & {
    url: string;
    asking: Asking;
    callers: number;
    applications: number;
  }): Promise<Rate> => {
    const all = landscapeIds(applications);
    const connections = await open(url, callers);
    try {
      return await closedLoop(callers, window, async (caller) => {
        const { status, body } = await connections[caller]!.get(pathOf(asking, all));
        if (status !== 200) throw new Error(`HTTP ${status}: ${body}`);
      });
    } finally {
      for (const connection of connections) connection.close();
    }
  },
  nats: async ({ url, callers, ids, ...window }: Cell & { url: string }): Promise<Rate> => {
    nc ??= await connect({ servers: [url] });
    mux ??= new Mux(nc);
    const asking = mux;
    const next = inTurn(callers, idsOf(ids, AGGREGATES));
    const subject = commandSubject('application', 'SetOwner');
    return closedLoop(callers, window, async (caller) => {
      const command = {
        aggregate_id: next(caller),
        actor: 'architect@example.org',
        data: ownerData(count++),
      };
      const answer = await asking.request(subject, null, Buffer.from(JSON.stringify(command)));
      const failed = answer.headers?.get('Nats-Service-Error');
      if (failed || answer.data.length === 0) throw new Error(`NATS: ${failed} ${answer.string()}`);
    });
  },
};
export type Load = typeof handlers;

answerCalls(handlers, async () => {
  mux?.close();
  await nc?.close();
});
