import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from './make-directory.js';
import { NatsServerFault } from './nats-server-fault.js';

/** Only the owner may read the events of the embedded server. */
const PRIVATE_DIR = 0o700;

/** Everything the embedded server keeps in a data directory, by absolute path. */
export interface ServerFiles {
  dataDir: string;
  /** The events: the server makes `jetstream` below it. */
  storeDir: string;
  configFile: string;
  logFile: string;
  /** What the server prints when it cannot log: a bad configuration, a crash. */
  crashFile: string;
  pidFile: string;
  portsDir: string;
  recordFile: string;
  lockFile: string;
}

export function serverFiles(dataDir: string): ServerFiles {
  const file = (suffix: string) => join(dataDir, `nats-server.${suffix}`);
  return {
    dataDir,
    storeDir: join(dataDir, 'nats'),
    configFile: file('conf'),
    logFile: file('log'),
    crashFile: file('crash.log'),
    pidFile: file('pid'),
    portsDir: file('ports'),
    recordFile: file('json'),
    lockFile: file('lock'),
  };
}

const FULL = ['ENOSPC', 'EDQUOT'];

/** Whether something could not be written for want of room. */
export const isNoRoom = (error: unknown): boolean =>
  FULL.includes((error as NodeJS.ErrnoException).code ?? '');

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of this user is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'a part of the path is no directory',
  ENOENT: 'no directory can be made there',
  ENAMETOOLONG: 'a name in the path is too long',
  ELOOP: 'the links in the path go round',
};

/** Throws `DATA_DIR_UNWRITABLE`, saying why. */
export function makeServerDirs(files: ServerFiles): void {
  try {
    for (const dir of [files.dataDir, files.storeDir, files.portsDir]) {
      makeDirectory(dir, PRIVATE_DIR);
      accessSync(dir, constants.W_OK);
    }
  } catch (cause) {
    throw unwritableDir(files, cause);
  }
}

/** What is wrong with a data directory that something could not be written to. */
export function unwritableDir({ dataDir }: ServerFiles, cause: unknown): NatsServerFault {
  const said = (cause as NodeJS.ErrnoException).code ?? '';
  const isFull = isNoRoom(cause);
  const code = isFull ? said : (unwritable(dataDir) ?? said);
  const todo = isFull
    ? 'make room'
    : 'mount it for writing, give it to this user, or name another directory in STELE_DATA';
  const message = `${dataDir} cannot be written to (${WHY[code] ?? code}): ${todo}`;
  return new NatsServerFault('DATA_DIR_UNWRITABLE', message, { cause });
}

/** What the nearest directory that is there says: making one below hides a read-only file system. */
function unwritable(dir: string): string | undefined {
  try {
    accessSync(dir, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' && dirname(dir) !== dir ? unwritable(dirname(dir)) : code;
  }
}

/** Replaces a file in one step: a reader sees the old content or the new, never a part. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The client URL that the server with this pid wrote into its ports file, once it listens. */
export function readPortsFile(portsDir: string, pid: number): string | undefined {
  try {
    const name = readdirSync(portsDir).find((file) => file.endsWith(`_${pid}.ports`));
    if (!name) return undefined;
    const ports = JSON.parse(readFileSync(join(portsDir, name), 'utf8')) as { nats?: string[] };
    return ports.nats?.[0];
  } catch {
    return undefined; // half written: the next look finds it whole
  }
}

/** Servers that were killed leave their ports files behind; a number may come back. */
export function clearPortsFiles(portsDir: string): void {
  rmSync(portsDir, { recursive: true, force: true });
  makeDirectory(portsDir, PRIVATE_DIR);
}
