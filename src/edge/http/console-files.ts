import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the console, as it is answered. */
export type ConsoleFile = {
  readonly type: string;
  readonly etag: string;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** The page that every address of the console opens. */
export const INDEX = 'index.html';
const TAG_CHARS = 32;
const ANY_TYPE = 'application/octet-stream';
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

/** `dist/console`, from the program that was built and from its sources. */
const BUILT = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/console/' : '../../../console/',
    import.meta.url,
  ),
);

const read = (path: string): ConsoleFile => {
  const content = readFileSync(path);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, TAG_CHARS);
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? ANY_TYPE;
  return { type, etag: `"${digest}"`, body: new Uint8Array(content) };
};

/**
 * The files of the console that was built. All are read when the first one is asked for; from then
 * on a name is looked up among them, so that no path leads anywhere else.
 */
export class ConsoleFiles {
  readonly #dir: string;
  #files: ReadonlyMap<string, ConsoleFile> | undefined;

  constructor(dir: string = BUILT) {
    this.#dir = dir;
  }

  /** By the path below the directory, with slashes; undefined when there is none. */
  find(path: string): ConsoleFile | undefined {
    this.#files ??= this.#read();
    return this.#files?.get(path);
  }

  /** What is not built yet is looked for again. */
  #read(): ReadonlyMap<string, ConsoleFile> | undefined {
    if (!existsSync(join(this.#dir, INDEX))) return undefined;
    const entries = readdirSync(this.#dir, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      paths.map((path) => [relative(this.#dir, path).split(sep).join('/'), read(path)]),
    );
  }
}
