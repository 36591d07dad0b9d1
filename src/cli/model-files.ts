import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { SourceFile } from '../../imports/importer.js';
import { EXIT, Stop } from './exit.js';

/** Folders that never hold a model. */
const IGNORED = new Set(['.git', 'node_modules']);

const readable = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Stop(`${path}: there is no such file or folder`, EXIT.notFound);
    throw new Stop(`${path} cannot be read (${code})`);
  }
};

const within = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : within(path);
    return entry.isFile() ? [path] : [];
  });

/** One file, by its name. */
export const readOne = (path: string): SourceFile =>
  readable(path, () => ({ path: basename(path), bytes: readFileSync(path) }));

/** A file, or those of a folder that belong to a model; their paths begin with its name. */
export const readFiles = (path: string, isPart: (path: string) => boolean): readonly SourceFile[] =>
  readable(path, () => {
    if (!statSync(path).isDirectory()) return [readOne(path)];
    const name = basename(resolve(path));
    const files = within(path)
      .map((file) => ({ file, path: [name, ...relative(path, file).split(sep)].join('/') }))
      .filter((one) => isPart(one.path))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    if (files.length === 0) throw new Stop(`${path} holds no file of this format`, EXIT.notFound);
    return files.map(({ file, path: inside }) => ({ path: inside, bytes: readFileSync(file) }));
  });
