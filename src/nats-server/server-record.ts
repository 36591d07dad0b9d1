import type { ProcessIdentity } from './process-identity.js';
import { readText, type ServerFiles, writeWhole } from './server-files.js';

/** `<dataDir>/nats-server.json`: which server runs, or last ran, on this directory. */
export interface ServerRecord {
  /** `nats://127.0.0.1:<port>`; null until the server has a port. */
  url: string | null;
  /** The random name it was given, which its greeting must repeat. */
  server_name: string;
  /** Null once it was ended in an orderly way. */
  pid: number | null;
  /** Tells the process from a later one of the same number; null where unknown. */
  pid_start: string | null;
  /** ISO 8601, UTC. */
  started_at: string;
  /** The process that started it, or took it over. */
  owner_pid: number;
}

/** The record, or undefined when there is none or it is not one (then it is of no use anyway). */
export function readRecord(files: ServerFiles): ServerRecord | undefined {
  try {
    const record = JSON.parse(readText(files.recordFile) ?? 'null') as ServerRecord | null;
    return record && typeof record.server_name === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

export function writeRecord(files: ServerFiles, record: ServerRecord): void {
  writeWhole(files.recordFile, `${JSON.stringify(record, null, 2)}\n`);
}

export function recordedProcess(record: ServerRecord): ProcessIdentity | undefined {
  return record.pid === null ? undefined : { pid: record.pid, start: record.pid_start };
}
