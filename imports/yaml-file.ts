import { isUtf8 } from 'node:buffer';
import { isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { ImportError, type SourceFile } from './importer.js';

/** Bytes of one file; the largest real catalogue seen has a tenth of it. */
const BYTES_MAX = 8 * 1024 * 1024;
/** How often aliases may repeat something: enough for templates, too few for a bomb. */
const ALIASES_MAX = 1_000;

/** One document of a YAML file. */
export type YamlDocument = {
  readonly value: unknown;
  /** The file, and the line on which a path of keys begins. */
  where(...path: readonly string[]): string;
};

const bad = ({ path }: SourceFile, wrong: string, line?: number): ImportError =>
  new ImportError({
    code: 'NOT_YAML',
    file: path,
    ...(line !== undefined && { line }),
    ...{ wrong, expected: 'YAML 1.2 in UTF-8 without tags of its own' },
  });

/** The text of a file. @throws ImportError when it is too large or not UTF-8 */
export const textOf = (file: SourceFile, max = BYTES_MAX): string => {
  const { bytes } = file;
  if (bytes.byteLength > max) throw bad(file, `has ${bytes.byteLength} bytes, more than ${max}`);
  if (!isUtf8(bytes)) throw bad(file, 'is not UTF-8');
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
};

/** The documents of a YAML file. @throws ImportError with the line that is wrong */
export const readYaml = (file: SourceFile): readonly YamlDocument[] => {
  const lines = new LineCounter();
  const text = textOf(file);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      merge: true,
      logLevel: 'silent',
    });
    return [...documents].map((document) => {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem) throw bad(file, problem.message.split('\n')[0]!, lineAt(problem.pos[0]));
      return {
        value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown,
        where: (...path) => {
          let node: unknown = document.contents;
          let offset = document.range?.[0] ?? 0;
          for (const key of path) {
            const pair = isMap(node)
              ? node.items.find(({ key: one }) => isScalar(one) && one.value === key)
              : undefined;
            if (!pair) break;
            offset = (pair.key as { range?: readonly number[] }).range?.[0] ?? offset;
            node = pair.value;
          }
          return `${file.path}:${lineAt(offset)}`;
        },
      };
    });
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw bad(file, `cannot be read (${(error as Error).message})`);
  }
};

/** What a set of files is called: their folder, or the one file without its ending. */
export const sourceNameOf = (files: readonly SourceFile[], otherwise: string): string => {
  const tops = new Set(files.map(({ path }) => path.split('/')[0]!));
  const [top] = tops;
  return tops.size === 1 && top ? top.replace(/\.\w+$/, '') : otherwise;
};

/** A plain object, or none. */
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** The strings of a list, or the one string that stands for it. */
export const stringsOf = (value: unknown): readonly string[] =>
  [value ?? []].flat().filter((one): one is string => typeof one === 'string');
