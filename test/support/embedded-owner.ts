/**
 * A process that runs an embedded server, for tests that kill it. Called with the data directory;
 * prints `{"url","pid"}` on one line when the server is ready, then stays until it is killed.
 */
import { startEmbeddedServer } from '../../src/nats-server/start-embedded-server.js';

const log = { info: () => undefined, warn: () => undefined };
const server = await startEmbeddedServer({ dataDir: process.argv[2]!, env: process.env, log });
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
