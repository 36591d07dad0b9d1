import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerVersion } from './fitness.js';
import { NatsServerFault } from './nats-server-fault.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';
import { endServer, greetOwn, type RunningServer, watchExit } from './running-server.js';
import { readPortsFile, type ServerFiles } from './server-files.js';
import type { ServerLog } from './server-log.js';
import { readRecord, recordedProcess, type ServerRecord } from './server-record.js';

/** A server that is alive may still be reading its store. */
const ANSWER_WAIT_MS = 15_000;
const ANSWER_POLL_MS = 50;

/** A server that was met and is not watched. */
export type MetServer = Omit<RunningServer, 'exited'>;

/** The recorded server if it is alive and answers with its name, at once. */
export async function findLiveServer(files: ServerFiles): Promise<MetServer | undefined> {
  const record = readRecord(files);
  const recorded = record && recordedProcess(record);
  return record && recorded && isRunning(recorded) ? meet(files, record, recorded) : undefined;
}

/**
 * Takes over the server that a killed owner left behind on this directory. Undefined when there is
 * none (or it is too old, then it is ended): a new one may be started. Throws
 * `SERVER_UNRESPONSIVE` when the recorded process lives but does not answer: two servers on one
 * store would ruin it, and a process that has not proved its name is not ours to end.
 */
export async function adoptOrphan(
  files: ServerFiles,
  log: ServerLog,
): Promise<RunningServer | undefined> {
  const record = readRecord(files);
  const recorded = record && recordedProcess(record);
  if (!record || !recorded) return undefined;
  const deadline = performance.now() + ANSWER_WAIT_MS;
  while (isRunning(recorded)) {
    const server = await meet(files, record, recorded);
    if (server) return keepIfFit(server, log);
    // Where the system does not tell processes apart, a silent one is most likely another's.
    if (recorded.start === null && record.url !== null) return undefined;
    if (performance.now() > deadline) throw unresponsive(files, recorded);
    await sleep(ANSWER_POLL_MS);
  }
  return undefined;
}

async function meet(
  files: ServerFiles,
  record: ServerRecord,
  recorded: ProcessIdentity,
): Promise<MetServer | undefined> {
  const url = record.url ?? readPortsFile(files.portsDir, recorded.pid);
  const version = url ? await greetOwn(url, record.server_name) : undefined;
  if (!url || !version) return undefined;
  return { ...recorded, url, serverName: record.server_name, version };
}

async function keepIfFit(met: MetServer, log: ServerLog): Promise<RunningServer | undefined> {
  const server = { ...met, exited: watchExit(met) };
  const fitness = checkServerVersion(server.version);
  if (fitness.ok) {
    log.info(`Taking over the nats-server that already runs at ${server.url}`);
    return server;
  }
  log.warn(`Ending the nats-server left at ${server.url}: ${fitness.message}`);
  await endServer(server);
  return undefined;
}

function unresponsive(files: ServerFiles, { pid }: ProcessIdentity): NatsServerFault {
  return new NatsServerFault(
    'SERVER_UNRESPONSIVE',
    `nats-server process ${pid} holds ${files.dataDir} but does not answer: end it and start again`,
  );
}
