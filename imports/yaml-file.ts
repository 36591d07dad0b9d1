import { type Document, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { ImportError, type SourceFile } from '../src/operate/importing/importer.js';
import { decode, type FileKind } from './decode.js';

/** Bytes of one file; the largest real catalogue seen has a tenth of it. */
const BYTES_MAX = 8 * 1024 * 1024;
/** How often aliases may repeat something: enough for templates, too few for a bomb. */
const ALIASES_MAX = 1_000;
const YAML_FILE: FileKind = {
  name: 'YAML',
  zip: ['is a zip archive', 'the files inside it: unzip it and import those'],
};
/** The key that takes in another map. */
const MERGE = '<<';

/** One document of a YAML file. */
export type YamlDocument = {
  readonly value: unknown;
  /** The file, and the line on which a path of keys begins. */
  where(...path: readonly string[]): string;
  /** The tag of what stands at a path of keys: one of those that were allowed. */
  tagAt(...path: readonly string[]): string | undefined;
};

type Pair = { readonly key: unknown; readonly value: unknown };

/** The pairs of a map by key; each map is looked through once. */
const pairsIn = () => {
  const known = new WeakMap<object, ReadonlyMap<unknown, Pair>>();
  return (node: unknown): ReadonlyMap<unknown, Pair> | undefined => {
    if (!isMap(node)) return undefined;
    const pairs =
      known.get(node) ??
      new Map(
        node.items
          .filter(({ key }) => isScalar(key))
          .map((pair) => [(pair.key as { readonly value: unknown }).value, pair] as const)
          .reverse(),
      );
    known.set(node, pairs);
    return pairs;
  };
};

/** Where a key stands a second time. The parser's own check compares each with all before it. */
const repeatedKey = (document: Document): number | undefined => {
  let found: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === MERGE) continue;
        if (seen.has(key.value)) {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return found;
};

/** What the parser says, in the file's own terms. */
const wrongIn = (message: string): string =>
  /call stack/.test(message) ? 'is nested too deep' : message.split('\n')[0]!;

const bad = ({ path }: SourceFile, wrong: string, line?: number): ImportError =>
  new ImportError({
    code: 'NOT_YAML',
    file: path,
    ...(line !== undefined && { line }),
    wrong,
    expected: 'YAML 1.2 in UTF-8 without tags of its own',
  });

/**
 * The documents of a YAML file. Tags of its own are refused but for those that are allowed.
 * @throws ImportError with the line that is wrong
 */
export const readYaml = (
  file: SourceFile,
  {
    tags = [],
    bytesMax = BYTES_MAX,
  }: { readonly tags?: readonly string[]; readonly bytesMax?: number } = {},
): readonly YamlDocument[] => {
  const lines = new LineCounter();
  const { byteLength } = file.bytes;
  if (byteLength > bytesMax) throw bad(file, `has ${byteLength} bytes, more than ${bytesMax}`);
  const { text } = decode(file, YAML_FILE);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const isAllowed = ({ message }: { readonly message: string }) =>
    tags.some((tag) => message.startsWith(`Unresolved tag: ${tag} at `));
  const pairsOf = pairsIn();
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      merge: true,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    return [...documents].map((document) => {
      const [problem] = [...document.errors, ...document.warnings].filter((one) => !isAllowed(one));
      if (problem) throw bad(file, wrongIn(problem.message), lineAt(problem.pos[0]));
      const again = repeatedKey(document);
      if (again !== undefined) throw bad(file, 'Map keys must be unique', lineAt(again));
      const pairAt = (path: readonly string[]): readonly Pair[] => {
        const found: Pair[] = [];
        let node: unknown = document.contents;
        for (const key of path) {
          const pair = pairsOf(node)?.get(key);
          if (!pair) break;
          found.push(pair);
          node = pair.value;
        }
        return found;
      };
      return {
        value: document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown,
        where: (...path) => {
          const key = pairAt(path).at(-1)?.key as { range?: readonly number[] } | undefined;
          return `${file.path}:${lineAt(key?.range?.[0] ?? document.range?.[0] ?? 0)}`;
        },
        tagAt: (...path) => {
          const found = pairAt(path);
          const { tag } = (found.at(-1)?.value ?? {}) as { readonly tag?: string };
          return found.length === path.length && tags.includes(tag ?? '') ? tag : undefined;
        },
      };
    });
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw bad(file, `cannot be read (${wrongIn((error as Error).message)})`);
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
