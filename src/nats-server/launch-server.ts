import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from './child-environment.js';
import { NatsServerFault } from './nats-server-fault.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import { readNatsConf, renderServerConfig, serverArguments } from './render-server-config.js';
import { endServer, greetOwn, type RunningServer } from './running-server.js';
import {
  makeServerDirs,
  readPortsFile,
  readText,
  type ServerFiles,
  writeWhole,
} from './server-files.js';

/** A large store is read before the server listens. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 15;
/** How much of the server's own words a failure quotes. */
const QUOTED_LINES = 5;

export interface LaunchOptions {
  /** Path of a fit nats-server binary. */
  binary: string;
  files: ServerFiles;
  serverName: string;
  /** TCP port on loopback; -1 lets the system choose. */
  port: number;
  /** Text of the configuration to start from; the package's `nats.conf` when left out. */
  natsConf?: string;
  /** What its configuration may name; the environment of this process when left out. */
  env?: NodeJS.ProcessEnv;
  /** Own process group, so that a Ctrl-C in the terminal does not end it before its owner. */
  ownGroup: boolean;
  /** Called as soon as the process exists, before it is known to work. */
  onSpawn?(process: ProcessIdentity): void;
}

/**
 * Starts a server on a data directory and waits until it has answered, on its own port, with the
 * name it was given. Throws `SERVER_START_FAILED`, quoting the server, when it ends first or takes
 * too long (then it is ended).
 */
export async function launchServer(options: LaunchOptions): Promise<RunningServer> {
  const { files, serverName } = options;
  makeServerDirs(files);
  const conf = renderServerConfig(options.natsConf ?? readNatsConf(), files.storeDir);
  writeWhole(files.configFile, conf);
  const { identity, exited } = spawnServer(options);
  options.onSpawn?.(identity);

  let end: string | undefined;
  exited.then((how) => {
    end = how;
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (end !== undefined) throw failed(files, end);
    const url = readPortsFile(files.portsDir, identity.pid);
    const version = url ? await greetOwn(url, serverName) : undefined;
    if (url && version && end === undefined) {
      return { ...identity, url, serverName, version, exited };
    }
    await sleep(READY_POLL_MS);
  }
  await endServer({ ...identity, url: '', serverName, version: '', exited });
  throw failed(files, `it was not ready within ${READY_TIMEOUT_MS / 1000} s`);
}

function spawnServer(options: LaunchOptions) {
  const { files, binary, serverName, port } = options;
  const args = serverArguments({ ...files, serverName, port });
  // A file, not a pipe: the server must be able to outlive us, and a broken pipe would end it.
  const crash = openSync(files.crashFile, 'w', 0o600);
  try {
    const child = spawn(binary, args, {
      stdio: ['ignore', crash, crash],
      detached: options.ownGroup,
      cwd: files.dataDir,
      env: childEnvironment(options.env ?? process.env),
    });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
      child.once('exit', (code, by) => resolve(by ? `ended by ${by}` : `exit code ${code}`));
    });
    // Without a pid there is no process: `exited` says why.
    const identity = child.pid ? identify(child.pid) : { pid: 0, start: 'never' };
    return { identity, exited };
  } finally {
    closeSync(crash);
  }
}

function failed(files: ServerFiles, how: string): NatsServerFault {
  const words = [readText(files.crashFile), readText(files.logFile)]
    .flatMap((text) => (text ?? '').trim().split('\n').slice(-QUOTED_LINES))
    .filter((line) => line !== '');
  return new NatsServerFault(
    'SERVER_START_FAILED',
    [`nats-server did not start: ${how}. Its last words:`, ...words].join('\n  '),
  );
}
