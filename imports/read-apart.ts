import { Worker } from 'node:worker_threads';
import {
  ImportError,
  type ModelFormat,
  type SourceFile,
} from '../src/operate/importing/importer.js';
import { bounded } from './bounded.js';
import type { Model } from './model.js';
import type { ParsedFormat } from './parsed-format.js';
import type { Asked, List, Parsed } from './parsing-messages.js';

/** What is parsed without a thread: whatever it holds, it takes some tens of milliseconds. */
const HERE_BYTES_MAX = 4 * 1024;
const HERE_FILES_MAX = 64;
/** How long parsing may take, and the memory it may take. */
const PARSE_WITHIN_MS = 120_000;
const PARSE_HEAP_MB = 1_024;

type Options = Parameters<ModelFormat['read']>[1];

const isSmall = (files: readonly SourceFile[], { mapping }: Options): boolean => {
  const all = mapping ? [...files, mapping] : files;
  const bytes = all.reduce((sum, one) => sum + one.bytes.byteLength, 0);
  return all.length <= HERE_FILES_MAX && bytes <= HERE_BYTES_MAX;
};

/** Sources are run by tsx, which has to be told so in each thread. */
const fromSources = (url: URL): string =>
  `import('tsx/esm/api').then(({ register }) => { register(); return import('${url.href}'); })`;

const threadFor = (asked: Asked): Worker => {
  const options = {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: PARSE_HEAP_MB },
  };
  return import.meta.url.endsWith('.ts')
    ? new Worker(fromSources(new URL('./parsing-thread.ts', import.meta.url)), {
        ...options,
        eval: true,
      })
    : new Worker(new URL('./parsing-thread.js', import.meta.url), options);
};

const tooMuch = (files: readonly SourceFile[], wrong: string): ImportError =>
  new ImportError({
    code: 'TOO_LARGE',
    file: files[0]!.path,
    wrong,
    expected: `a model that is parsed within ${PARSE_WITHIN_MS / 1_000} s and ${PARSE_HEAP_MB} MB`,
  });

const answerOf = (
  thread: Worker,
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<Model> =>
  new Promise((resolve, reject) => {
    // Whoever reads it ends the thread then.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    thread.once('exit', () => {
      clearTimeout(late);
      reject(tooMuch(files, 'could not be parsed: its thread ended'));
    });
    const late = setTimeout(
      () => reject(tooMuch(files, `took longer than ${PARSE_WITHIN_MS / 1_000} s`)),
      PARSE_WITHIN_MS,
    );
    const lists: Record<List, unknown[]> = { elements: [], relations: [], skipped: [], notes: [] };
    thread.on('message', (parsed: Parsed) => {
      if ('list' in parsed) {
        for (const one of parsed.items) lists[parsed.list].push(one);
        // To take a piece takes time, and others have waited meanwhile.
        setImmediate(() => thread.postMessage('more'));
        return;
      }
      clearTimeout(late);
      if ('rest' in parsed) resolve({ ...parsed.rest, ...lists } as Model);
      else reject(new ImportError(parsed.problem));
    });
    thread.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      const memory = /OUT_OF_MEMORY$/.test(error.code ?? '');
      reject(memory ? tooMuch(files, `took more than ${PARSE_HEAP_MB} MB`) : error);
    });
  });

/**
 * Make a model of files. What is large is parsed in a thread of its own, since everybody else
 * would wait for it; the thread ends on the signal.
 *
 * @throws ImportError
 */
export const readApart = async (
  { name, parse }: Pick<ParsedFormat, 'name' | 'parse'>,
  files: readonly SourceFile[],
  { signal, ...options }: Options,
): Promise<Model> => {
  signal?.throwIfAborted();
  if (isSmall(files, options)) return bounded(await parse(files, options), files);
  const thread = threadFor({ format: name, files, options });
  // A signal of its own: what listens to one that lives on would keep the files as long as that.
  const left = new AbortController();
  const leave = (): void => left.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await answerOf(thread, files, left.signal);
  } finally {
    signal?.removeEventListener('abort', leave);
    void thread.terminate();
  }
};
