import { canonical, sha256 } from '../../core/canonical.js';
import type { SourceFile } from './importer.js';

const SOURCE_CHARS = 8;
const CONTENT_CHARS = 12;
const REVERT = 'revert-';

/** What an import is known by: the correlation id of everything it does. */
export type ImportKey = {
  readonly format: string;
  readonly source: string;
  readonly content: string;
};

const digest = (files: readonly SourceFile[]): string =>
  sha256(
    canonical(
      [...files]
        .map(({ path, bytes }) => [path, sha256(Buffer.from(bytes).toString('base64'))] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  );

/** The key of an import: the same files, read in the same way, have the same. */
export const keyOfFiles = (
  format: string,
  source: string,
  files: readonly SourceFile[],
): ImportKey => ({
  format,
  source: sha256(source).slice(0, SOURCE_CHARS),
  content: digest(files).slice(0, CONTENT_CHARS),
});

/** What all imports of one model begin with. */
export const familyOf = ({ format, source }: ImportKey): string => `${format}-${source}-`;

const MODEL = /^(?<model>.*-[0-9a-f]{8})-[0-9a-f]{12}(?:-\d+)?$/;

/** Whether two imports are of one model, whatever it said each time. */
export const ofOneModel = (one: string, other: string): boolean =>
  MODEL.exec(one)?.groups?.model === MODEL.exec(other)?.groups?.model;

/** The id of an import; after a revert the same files are imported as the next generation. */
export const importIdOf = (key: ImportKey, generation: number): string =>
  `${familyOf(key)}${key.content}${generation === 1 ? '' : `-${generation}`}`;

export const revertIdOf = (import_id: string): string => `${REVERT}${import_id}`;

/** Whether a correlation id is that of an import of one of these formats. */
export const isImportId = (id: string, formats: readonly string[]): boolean =>
  formats.some((format) => id.startsWith(`${format}-`)) &&
  /-[0-9a-f]{8}-[0-9a-f]{12}(-\d+)?$/.test(id);
