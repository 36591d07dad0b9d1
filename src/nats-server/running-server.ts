import { isRunning, type ProcessIdentity } from './process-identity.js';
import { readGreeting } from './read-greeting.js';

/** A server that answered with the name it was given, whoever started it. */
export interface RunningServer extends ProcessIdentity {
  url: string;
  serverName: string;
  version: string;
  /** Settles with how it ended, when it ends. */
  exited: Promise<string>;
}

/** SIGTERM makes the server flush and close its store; after this long it is killed. */
const TERMINATE_WAIT_MS = 10_000;
const KILL_WAIT_MS = 5_000;
const WATCH_EVERY_MS = 200;
const GREETING_TIMEOUT_MS = 1_000;

/** The version of the server at `url`, if it is the one with this name. */
export async function greetOwn(url: string, serverName: string): Promise<string | undefined> {
  const greeting = await readGreeting(url, GREETING_TIMEOUT_MS);
  if (greeting.kind !== 'server' || greeting.info.server_name !== serverName) return undefined;
  return greeting.info.version;
}

/** Settles when a process that is not our child has ended; looks every 200 ms. */
export function watchExit(server: ProcessIdentity): Promise<string> {
  return new Promise((resolve) => {
    const look = () => {
      if (isRunning(server)) return;
      clearInterval(timer);
      resolve('it is gone');
    };
    const timer = setInterval(look, WATCH_EVERY_MS);
    timer.unref();
  });
}

/** Ends a server gracefully, then by force, and waits until it is gone; bounded. */
export async function endServer(server: RunningServer): Promise<void> {
  if (!signal(server, 'SIGTERM')) return;
  if (await settlesWithin(server.exited, TERMINATE_WAIT_MS)) return;
  if (!signal(server, 'SIGKILL')) return;
  await settlesWithin(server.exited, KILL_WAIT_MS);
}

/** Signals that very process, never a later one of the same number; false when it is gone. */
export function signal(server: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(server)) return false;
  try {
    return process.kill(server.pid, name);
  } catch {
    return false;
  }
}

async function settlesWithin(event: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
