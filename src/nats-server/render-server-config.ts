import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders between this file, compiled or not, and the package's root. */
const LEVELS_MAX = 5;

/** The `nats.conf` of this package: the one place that says how durable the server is. */
function natsConfPath(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS_MAX; level++) {
    const path = join(dir, 'nats.conf');
    if (existsSync(path) && existsSync(join(dir, 'package.json'))) return path;
    dir = dirname(dir);
  }
  throw new Error('nats.conf is missing from the package');
}

export function readNatsConf(): string {
  return readFileSync(natsConfPath(), 'utf8');
}

const STORE_DIR = /^([ \t]*store_dir:).*$/gm;

/**
 * The configuration of a server of our own: `nats.conf` word for word, with its store directory
 * replaced. (The server refuses `-sd` beside a configured store directory, and an `include` cannot
 * change one line of a block; all else that differs goes on the command line.)
 */
export function renderServerConfig(natsConf: string, storeDir: string): string {
  const found = natsConf.match(STORE_DIR)?.length ?? 0;
  if (found !== 1) throw new Error(`nats.conf must have one store_dir line, it has ${found}`);
  const quoted = JSON.stringify(storeDir);
  const body = natsConf.replace(STORE_DIR, (_line, key: string) => `${key} ${quoted}`);
  return `# Written by Stele from nats.conf at every start: edit that file, not this one.\n\n${body}`;
}

export interface ServerArguments {
  configFile: string;
  serverName: string;
  /** TCP port on loopback; -1 lets the system choose. */
  port: number;
  portsDir: string;
  pidFile: string;
  logFile: string;
}

/** The command line that makes the server ours: own name, own port, loopback whatever the file says. */
export function serverArguments(own: ServerArguments): string[] {
  return [
    '-c',
    own.configFile,
    '-n',
    own.serverName,
    '-a',
    '127.0.0.1',
    '-p',
    String(own.port),
    '--ports_file_dir',
    own.portsDir,
    '-P',
    own.pidFile,
    '-l',
    own.logFile,
  ];
}
