import { connect, type NatsConnection } from '@nats-io/transport-node';
import { commandSubject } from '../../src/core/subjects.js';
import { Mux } from '../../src/store/nats/mux.js';
import { HttpConnection } from '../http-client.js';
import { closedLoop, type Rate, type Window } from '../measure.js';
import { AGGREGATES, idsOf, inTurn, ownerData } from '../samples.js';
import { answerCalls } from '../worker.js';

type Cell = Window & { readonly callers: number; readonly ids: string };

let nc: NatsConnection | undefined;
let mux: Mux | undefined;
/** Above every number in the histories, so that each command changes the owner. */
let count = 1_000_000;

/** The load generators: SetOwner over HTTP and over NATS, from a process of their own. */
const handlers = {
  http: async ({ url, callers, ids, ...window }: Cell & { url: string }): Promise<Rate> => {
    const next = inTurn(callers, idsOf(ids, AGGREGATES));
    const connections = await Promise.all(
      Array.from({ length: callers }, () => HttpConnection.open(url)),
    );
    try {
      return await closedLoop(callers, window, async (caller) => {
        const path = `/applications/${next(caller)}/commands/set-owner`;
        const { status, body } = await connections[caller]!.post(
          path,
          JSON.stringify(ownerData(count++)),
        );
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
