import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerFiles } from './server-files.js';

/** Where a server keeps the streams of those who come in without an account. */
const STREAMS = ['jetstream', '$G', 'streams'] as const;

/** What tells a file or directory from another of the same name; undefined when it is not there. */
const identityOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unknown';
  }
};

/**
 * Looks whether a running server still has its files under their names. One whose files were removed
 * goes on with those that it has open, acknowledges, and has nothing left once it ends.
 */
export class FilesGone {
  readonly #storeDir: string;
  /** The directories above the streams as they were first seen: no server ever makes them anew. */
  readonly #first = new Map<string, string>();

  constructor({ storeDir }: Pick<ServerFiles, 'storeDir'>) {
    this.#storeDir = storeDir;
  }

  /** What is not there any more, or another one; undefined where all is as it was. */
  async look(streams: readonly string[]): Promise<string | undefined> {
    let dir = this.#storeDir;
    for (const below of ['', ...STREAMS]) {
      dir = join(dir, below);
      const now = await identityOf(dir);
      if (now === undefined) return `${dir} is not there`;
      const first = this.#first.get(dir) ?? now;
      if (now === 'unknown' || first === 'unknown') continue;
      this.#first.set(dir, first);
      if (now !== first) return `${dir} is another one than it was`;
    }
    for (const stream of streams)
      for (const part of ['meta.inf', 'msgs'])
        if ((await identityOf(join(dir, stream, part))) === undefined)
          return `${join(dir, stream, part)} is not there`;
    return undefined;
  }
}
