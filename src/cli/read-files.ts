import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { SourceFile } from '../operate/importing/importer.js';
import { FILES_MAX } from '../operate/importing/limits.js';
import { EXIT, Stop } from './exit.js';

/** Folders that never hold a model. */
const IGNORED = new Set(['.git', 'node_modules']);
/** Bytes of all files that are sent together; a server may take less. */
const SENT_BYTES_MAX = 64 * 1024 * 1024;

/** A file that is to be sent, before it is read. */
type Listed = { readonly file: string; readonly path: string };

const readable = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof Stop) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Stop(`${path}: there is no such file or folder`, EXIT.notFound);
    throw new Stop(`${path} cannot be read (${code})`);
  }
};

/** The files below a folder. A link could lead anywhere, and a pipe would be waited for. */
const within = (folder: string, leaveOut: (path: string, why: string) => void): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : within(path, leaveOut);
    if (entry.isFile()) return [path];
    leaveOut(path, entry.isSymbolicLink() ? 'a symbolic link is not followed' : 'it is no file');
    return [];
  });

/** Refuses what is no file, or too much, before anything is read. */
const readAll = (listed: readonly Listed[]): readonly SourceFile[] => {
  if (listed.length > FILES_MAX)
    throw new Stop(`${listed.length} files are more than the ${FILES_MAX} that one import takes`);
  let bytes = 0;
  for (const { file } of listed) {
    const stats = statSync(file);
    if (!stats.isFile()) throw new Stop(`${file} is no file: save what it gives, and name that`);
    bytes += stats.size;
    if (bytes > SENT_BYTES_MAX)
      throw new Stop(`${file}: with it there are more than ${SENT_BYTES_MAX} bytes to send`);
  }
  return listed.map(({ file, path }) => ({ path, bytes: readFileSync(file) }));
};

/** One file, by its name. */
export const readOne = (path: string): SourceFile =>
  readable(path, () => readAll([{ file: path, path: basename(path) }])[0]!);

/**
 * A file, or those of a folder that belong to a model; their paths begin with its name. What is
 * named may be a link; `leaveOut` is told of links and pipes inside of a folder.
 */
export const readFiles = (
  path: string,
  isPart: (path: string) => boolean,
  leaveOut: (path: string, why: string) => void = () => {},
): readonly SourceFile[] =>
  readable(path, () => {
    if (!statSync(path).isDirectory()) return [readOne(path)];
    const name = basename(resolve(path));
    const pathOf = (file: string) => [name, ...relative(path, file).split(sep)].join('/');
    const found = within(path, (file, why) => {
      if (isPart(pathOf(file))) leaveOut(file, why);
    });
    const files = found
      .map((file) => ({ file, path: pathOf(file) }))
      .filter((one) => isPart(one.path))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    if (files.length === 0) throw new Stop(`${path} holds no file of this format`, EXIT.notFound);
    return readAll(files);
  });
