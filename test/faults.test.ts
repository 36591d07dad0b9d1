import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, chainBreak, type StoredEvent } from '../src/core/event.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { freePort } from './support/free-port.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { PATIENCE_MS } from './support/patience.js';
import { AS_ADMIN, kill9, ready, stele } from './support/stele.js';

/** Kills of each of the two; `npm run test:faults` asks for more than CI has time for. */
const KILLS = Number(process.env.STELE_TEST_KILLS ?? 3);
const WRITERS = 24;
const AGGREGATES = 40;
const BETWEEN_KILLS_MS = 700;
const LONG_MS = 2 * PATIENCE_MS + KILLS * 2 * PATIENCE_MS;

type Answer = {
  readonly aggregate_version: number;
  readonly events: readonly { event_id: string }[];
};

describe(`${KILLS} kills of nats-server and ${KILLS} of the runtime under load`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it(
    'lose no acknowledged command, write none twice, leave no gap',
    async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = { NATS_URL: server.url, PORT: String(port) };
      let serving = stele(['serve'], env);
      await ready(url, serving);

      /** What was acknowledged, by command id. */
      const ledger = new Map<string, { id: string; answer: Answer }>();
      let unknowns = 0;
      /** Sends one command until there is an answer, always with the same command id. */
      const send = async (command: ReturnType<typeof envelope>): Promise<void> => {
        const deadline = performance.now() + PATIENCE_MS;
        for (;;) {
          try {
            const response = await fetch(`${url}/commands`, {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...AS_ADMIN },
              body: JSON.stringify({ ...command, actor: 'admin' }),
            });
            const answer = (await response.json()) as Answer & { code?: string };
            if (response.ok) {
              ledger.set(command.command_id, { id: command.aggregate_id, answer });
              return;
            }
            if (response.status < 500)
              throw new TypeError(`${answer.code}: ${JSON.stringify(answer)}`);
          } catch (error) {
            if (
              error instanceof TypeError &&
              error.message !== 'fetch failed' &&
              error.message !== 'terminated'
            )
              throw error;
          }
          unknowns++;
          if (performance.now() > deadline) throw new Error(`no answer for ${command.command_id}`);
          await new Promise((wake) => setTimeout(wake, 50 + Math.random() * 100));
        }
      };

      const ids = Array.from({ length: AGGREGATES }, uuid);
      await Promise.all(ids.map((id) => send(createApplication(id))));
      let going = true;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        for (let n = 0; going; n++) {
          const id = ids[Math.floor(Math.random() * ids.length)]!;
          await send(
            envelope('Application', id, 'SetOwner', { owner: `writer ${writer} turn ${n}` }),
          );
        }
      });
      const failed = Promise.all(writers);
      failed.catch(() => {});
      for (let kill = 0; kill < KILLS * 2; kill++) {
        await new Promise((wake) => setTimeout(wake, Math.random() * BETWEEN_KILLS_MS * 2));
        if (kill % 2 === 0) {
          await server.kill9();
          await server.restart();
        } else {
          await kill9(serving);
          serving = stele(['serve'], env);
          await ready(url, serving);
        }
      }
      await new Promise((wake) => setTimeout(wake, BETWEEN_KILLS_MS));
      going = false;
      await failed;
      await kill9(serving);

      const node = await startTestNode(server.url);
      const definition = node.runtime.registry.aggregate('Application')!;
      const byCommand = new Map<string, StoredEvent[]>();
      for (const id of ids) {
        let head = CHAIN_START;
        for (const event of await node.store.read(definition, id, 1)) {
          expect(chainBreak(head, event)).toBeUndefined();
          head = { version: event.aggregate_version, hash: event.hash };
          byCommand.set(event.causation_id, [...(byCommand.get(event.causation_id) ?? []), event]);
        }
      }
      for (const [command, { id, answer }] of ledger) {
        const stored = byCommand.get(command) ?? [];
        expect(stored.map(({ event_id }) => event_id)).toEqual(
          answer.events.map(({ event_id }) => event_id),
        );
        expect(stored.at(-1)).toMatchObject({
          aggregate_id: id,
          aggregate_version: answer.aggregate_version,
        });
      }
      // Every command was retried until it was answered: nothing is in the log that is not in the ledger.
      expect(byCommand.size).toBe(ledger.size);
      await node.close();
      process.stderr.write(
        `faults: ${KILLS} + ${KILLS} kills, ${ledger.size} acknowledged, ${unknowns} attempts without an answer, 0 lost, 0 twice\n`,
      );
    },
    LONG_MS,
  );
});
