import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adoptOrphan, findLiveServer, type MetServer } from './adopt-orphan.js';
import { type DataDirLock, lockDataDir, lockOwner } from './data-dir-lock.js';
import { FilesGone } from './files-gone.js';
import { type LaunchOptions, launchServer } from './launch-server.js';
import { locateNatsServer } from './locate-nats-server.js';
import { NatsServerFault } from './nats-server-fault.js';
import { notAnswering } from './not-answering.js';
import type { ProcessIdentity } from './process-identity.js';
import { readGreeting } from './read-greeting.js';
import { type Room, roomIn } from './room.js';
import { type RunningServer, signal } from './running-server.js';
import {
  clearPortsFiles,
  isNoRoom,
  makeServerDirs,
  type ServerFiles,
  serverFiles,
  unwritableDir,
} from './server-files.js';
import type { ServerLog } from './server-log.js';
import { readRecord, writeRecord } from './server-record.js';
import { type Supervision, supervise } from './supervise.js';

const ANY_PORT = -1;
const PORT_PROBE_MS = 500;
/** A tool that shares waits this long for a server that is being restarted by its owner. */
const SHARE_WAIT_MS = 10_000;
const SHARE_POLL_MS = 100;

export interface EmbeddedServerOptions {
  /** Directory of the store, the record and the logs; made when missing. */
  dataDir: string;
  /** As for `locateNatsServer`. */
  env: NodeJS.ProcessEnv;
  log: ServerLog;
  /** Loopback port; when left out the one used last, if it is free, else any. */
  port?: number;
  /**
   * `own` (default): run the server, or take over an orphan; refused while another process does.
   * `share`: use the server that another process runs here, and only run one if there is none.
   */
  mode?: 'own' | 'share';
}

export interface EmbeddedServer {
  /** `nats://127.0.0.1:<port>`; stays the same over restarts. */
  readonly url: string;
  readonly serverName: string;
  readonly version: string;
  /** The process of this moment. */
  readonly pid: number;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** False when another process runs it and this one only uses it. */
  readonly owned: boolean;
  /** Ends the server and starts it again; settles when it runs. Nothing when it is shared. */
  restart(): Promise<void>;
  /** Room on the disk of the store, bytes; undefined when the system does not tell. */
  room(): Promise<Room | undefined>;
  /** What of its files is gone, or was replaced, while it runs; undefined where all is as it was. */
  filesGone(streams: readonly string[]): Promise<string | undefined>;
  /** Ends the server gracefully, or does nothing when it is shared. May be called again. */
  stop(): Promise<void>;
  /** Called, once, when the server keeps dying and is no longer restarted. */
  onGivenUp(listener: (fault: NatsServerFault) => void): void;
}

/**
 * A nats-server of our own, on loopback, with the package's `nats.conf`, kept alive until `stop`.
 * It is proved to be ours by a random name that its greeting must repeat.
 *
 * Throws `NatsServerFault`: `DATA_DIR_IN_USE`, `SERVER_UNRESPONSIVE`, `SERVER_START_FAILED`, and
 * what `locateNatsServer` throws.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const files = serverFiles(resolve(options.dataDir));
  if (options.mode === 'share') return shareOrOwn(files, options);
  makeServerDirs(files);
  return own(files, options, lockDataDir(files));
}

async function shareOrOwn(
  files: ServerFiles,
  options: EmbeddedServerOptions,
): Promise<EmbeddedServer> {
  const deadline = performance.now() + SHARE_WAIT_MS;
  for (;;) {
    const live = await findLiveServer(files);
    if (live) return shared(files, live);
    makeServerDirs(files);
    try {
      return await own(files, options, lockDataDir(files));
    } catch (error) {
      const busy = error instanceof NatsServerFault && error.code === 'DATA_DIR_IN_USE';
      if (!busy) throw error;
      if (performance.now() > deadline) throw notAnswering(files, lockOwner(files));
      await sleep(SHARE_POLL_MS);
    }
  }
}

function shared(files: ServerFiles, server: MetServer): EmbeddedServer {
  const { url, serverName, version, pid } = server;
  const nothing = {
    restart: async () => undefined,
    stop: async () => undefined,
    onGivenUp: () => undefined,
  };
  const gone = new FilesGone(files);
  const room = () => roomIn(files.storeDir);
  const filesGone: EmbeddedServer['filesGone'] = (streams) => gone.look(streams);
  return { url, serverName, version, pid, restarts: 0, owned: false, room, filesGone, ...nothing };
}

async function own(
  files: ServerFiles,
  options: EmbeddedServerOptions,
  lock: DataDirLock,
): Promise<EmbeddedServer> {
  try {
    const first = (await adoptOrphan(files, options.log)) ?? (await launchNew(files, options));
    return owned(files, options, lock, first);
  } catch (error) {
    lock.release();
    throw isNoRoom(error) ? unwritableDir(files, error) : error;
  }
}

/** Prefers the port used last, so that what people bookmarked goes on working; any other will do. */
async function launchNew(
  files: ServerFiles,
  options: EmbeddedServerOptions,
): Promise<RunningServer> {
  const { path: binary } = await locateNatsServer(options);
  const serverName = `stele-${randomBytes(12).toString('hex')}`;
  clearPortsFiles(files.portsDir);
  if (options.port !== undefined) return launchRecorded(files, binary, serverName, options.port);
  const last = await freeRecordedPort(files);
  if (last !== undefined) {
    try {
      return await launchRecorded(files, binary, serverName, last);
    } catch (error) {
      options.log.warn(`Port ${last} could not be used again: ${(error as Error).message}`);
    }
  }
  return launchRecorded(files, binary, serverName, ANY_PORT);
}

async function freeRecordedPort(files: ServerFiles): Promise<number | undefined> {
  const url = readRecord(files)?.url;
  if (!url) return undefined;
  const greeting = await readGreeting(url, PORT_PROBE_MS);
  return greeting.kind === 'nothing' ? portOf(url) : undefined;
}

/** Records the process in the same breath as it is made: no orphan goes unrecorded. */
async function launchRecorded(
  files: ServerFiles,
  binary: string,
  serverName: string,
  port: number,
): Promise<RunningServer> {
  const startedAt = new Date().toISOString();
  const record = (process: ProcessIdentity, url: string | null) =>
    writeServerRecord(files, { process, url, serverName, startedAt });
  const launch: LaunchOptions = {
    binary,
    files,
    serverName,
    port,
    ownGroup: true,
    onSpawn: (process) => record(process, port === ANY_PORT ? null : `nats://127.0.0.1:${port}`),
  };
  const server = await launchServer(launch);
  record(server, server.url);
  return server;
}

interface RecordParts {
  process: ProcessIdentity | undefined;
  url: string | null;
  serverName: string;
  startedAt: string;
}

function writeServerRecord(files: ServerFiles, parts: RecordParts): void {
  writeRecord(files, {
    url: parts.url,
    server_name: parts.serverName,
    pid: parts.process?.pid ?? null,
    pid_start: parts.process?.start ?? null,
    started_at: parts.startedAt,
    owner_pid: process.pid,
  });
}

function owned(
  files: ServerFiles,
  options: EmbeddedServerOptions,
  lock: DataDirLock,
  first: RunningServer,
): EmbeddedServer {
  const { url, serverName, version } = first;
  const startedAt = readRecord(files)?.started_at ?? new Date().toISOString();
  writeServerRecord(files, { process: first, url, serverName, startedAt });

  const gone = new FilesGone(files);
  let givenUp: NatsServerFault | undefined;
  const listeners: ((fault: NatsServerFault) => void)[] = [];
  const supervision = supervise({
    first,
    log: options.log,
    async relaunch() {
      const { path: binary } = await locateNatsServer(options);
      return launchRecorded(files, binary, serverName, portOf(url));
    },
    onGivenUp(fault) {
      givenUp = fault;
      for (const listener of listeners) listener(fault);
    },
  });
  const onExit = () => void signal(supervision.current(), 'SIGTERM');
  process.once('exit', onExit);

  let stopped: Promise<void> | undefined;
  return {
    url,
    serverName,
    version,
    owned: true,
    get pid() {
      return supervision.current().pid;
    },
    get restarts() {
      return supervision.restarts();
    },
    restart: () => supervision.restart(),
    room: () => roomIn(files.storeDir),
    filesGone: (streams) => gone.look(streams),
    stop() {
      stopped ??= stop(files, { url, serverName, startedAt }, supervision, lock).finally(() =>
        process.off('exit', onExit),
      );
      return stopped;
    },
    onGivenUp(listener) {
      if (givenUp) listener(givenUp);
      else listeners.push(listener);
    },
  };
}

/** The record stays, without a process, so that the next start finds the port again. */
async function stop(
  files: ServerFiles,
  last: { url: string; serverName: string; startedAt: string },
  supervision: Supervision,
  lock: DataDirLock,
): Promise<void> {
  await supervision.stop();
  writeServerRecord(files, { ...last, process: undefined });
  lock.release();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
