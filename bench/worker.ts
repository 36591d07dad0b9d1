import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** How long one request to a worker may take. */
const CALL_WITHIN_MS = 900_000;
/** How long a worker may take to end by itself. */
const END_WITHIN_MS = 15_000;

/** What a worker can be asked, by name. */
export type Handlers = Readonly<Record<string, (arg: never) => Promise<unknown>>>;
type Call = { readonly id: number; readonly name: string; readonly arg: unknown };
type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** A process of its own that answers requests one after the other. */
export type Worker<H extends Handlers> = {
  call<K extends keyof H & string>(
    name: K,
    arg: Parameters<H[K]>[0],
  ): Promise<Awaited<ReturnType<H[K]>>>;
  /** Write a CPU profile of what the worker does until the function that is returned is called. */
  profile(file: string): Promise<() => Promise<void>>;
  end(): Promise<void>;
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
  });

/** Start `workers/<name>` in its own process. */
export const startWorker = <H extends Handlers>(
  name: string,
  execArgv: readonly string[] = [],
): Worker<H> => {
  const path = fileURLToPath(new URL(`./workers/${name}.js`, import.meta.url));
  const child = fork(path, { execArgv: [...execArgv], serialization: 'advanced' });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  child.on('message', ({ id, result, error }: Answer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(`${name}: ${error}`));
  });
  child.once('exit', (code, by) => {
    for (const { reject } of waiting.values())
      reject(new Error(`${name} ended early (${by ?? code})`));
  });
  const call = (method: string, arg: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = calls++;
      const late = setTimeout(
        () => reject(new Error(`${name}.${method} took more than ${CALL_WITHIN_MS} ms`)),
        CALL_WITHIN_MS,
      );
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(late);
          then(value);
        };
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ id, name: method, arg } satisfies Call);
    });
  return {
    call: call as Worker<H>['call'],
    profile: async (file) => {
      await call('startProfile', null);
      return async () => void (await call('writeProfile', { file }));
    },
    end: async () => {
      if (child.connected) child.disconnect();
      const kill = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      await ended(child);
      clearTimeout(kill);
    },
  };
};

const profiling = (): Handlers => {
  const session = new Session();
  return {
    startProfile: async () => {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
    },
    writeProfile: async ({ file }: { file: string }) => {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      writeFileSync(file, JSON.stringify(profile));
    },
  };
};

/** Answer requests in a worker until its parent lets go of it. */
export const answerCalls = (own: Handlers, close: () => Promise<unknown>): void => {
  const handlers = { ...profiling(), ...own };
  process.on('message', async ({ id, name, arg }: Call) => {
    let answer: Answer;
    try {
      answer = { id, result: await handlers[name]!(arg as never) };
    } catch (error) {
      answer = { id, error: String((error as Error).stack ?? error) };
    }
    if (process.connected) process.send!(answer);
  });
  process.once('disconnect', async () => {
    await close().catch(() => undefined);
    process.exit();
  });
};
