import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../../src/operate/importing/importer.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Models of others that may be used in place, but not copied: `STELE_TEST_DATA`, or beside us. */
const FOLDER = process.env.STELE_TEST_DATA ?? here('../../../shared/data');

/** The one that comes with the project. */
export const ARCHISURANCE = here('../../examples/archisurance/archisurance.archimate');

/** Where a model of others is; undefined = it is not here, which is said aloud. */
export const realModel = (name: string): string | undefined => {
  const path = join(FOLDER, name);
  if (existsSync(path)) return path;
  console.warn(`NOT TESTED with ${name}: it is not in ${FOLDER}; set STELE_TEST_DATA`);
  return undefined;
};

/** A file as importers get it. */
export const sourceFile = (path: string): SourceFile => ({
  path: path.slice(path.lastIndexOf('/') + 1),
  bytes: readFileSync(path),
});

/** The files of a packed folder. */
export const unpacked = (archive: string): readonly SourceFile[] => {
  const folder = mkdtempSync(join(tmpdir(), 'stele-model-'));
  try {
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => ({ path: path.slice(folder.length + 1), bytes: readFileSync(path) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
