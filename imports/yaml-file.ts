import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  visit,
} from 'yaml';
import { ImportError, type SourceFile } from '../src/operate/importing/importer.js';
import { decode, type FileKind } from './decode.js';

/** Bytes of one file; the largest real catalogue seen has a tenth of it. */
const BYTES_MAX = 8 * 1024 * 1024;
/** How often aliases may repeat something: enough for templates, too few for a bomb. */
const ALIASES_MAX = 1_000;
/** Pairs that merges take in, all together. */
const MERGED_MAX = 20_000;
/** Levels of maps and lists in one another; the deepest real file seen has a tenth of them. */
const DEPTH_MAX = 200;
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

/** Its value is a symbol where the parser has understood it. */
const isMerge = (key: unknown): boolean =>
  isScalar(key) && (typeof key.value === 'symbol' ? key.value.description : key.value) === MERGE;

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
        if (!isScalar(key) || isMerge(key)) continue;
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

type Nested = {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly items?: readonly Nested[];
  readonly offset?: number;
};

const isNested = (value: unknown): value is Nested => typeof value === 'object' && value !== null;

/**
 * Where a document goes deeper than any real one. Composing one that does runs out of stack, and
 * where a regular expression is compiled at that moment, that ends the whole process.
 */
const tooDeepAt = (token: CST.Token): number | undefined => {
  const left: { readonly at: Nested; readonly depth: number; readonly offset: number }[] = [
    { at: token as Nested, depth: 0, offset: 0 },
  ];
  for (let one = left.pop(); one; one = left.pop()) {
    const { at, depth } = one;
    const offset = at.offset ?? one.offset;
    if (depth > DEPTH_MAX) return offset;
    const inner = [at.key, at.value, ...(at.items ?? [])].filter(isNested);
    const isLevel = at.items !== undefined;
    for (const next of inner) left.push({ at: next, depth: depth + (isLevel ? 1 : 0), offset });
  }
  return undefined;
};

/** The documents of a text, none of them deeper than may be. */
function* documentsOf(
  text: string,
  lines: LineCounter,
  tooDeep: (offset: number) => Error,
): Generator<Document> {
  const composer = new Composer({
    lineCounter: lines,
    merge: true,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const offset = tooDeepAt(token);
    if (offset !== undefined) throw tooDeep(offset);
    yield* composer.next(token);
  }
  yield* composer.end();
}

/** Where merges have taken in more pairs than they may, each as often as it is taken in. */
const mergedTooMuchAt = (document: Document): number | undefined => {
  const sizes = new Map<string, number>();
  let merged = 0;
  let found: number | undefined;
  visit(document, {
    Collection: (_, node) => {
      if (node.anchor) sizes.set(node.anchor, node.items.length);
    },
    Pair: (_, { key, value }) => {
      if (!isMerge(key)) return undefined;
      const sources = isSeq(value) ? value.items : [value];
      for (const source of sources) if (isAlias(source)) merged += sizes.get(source.source) ?? 0;
      if (merged <= MERGED_MAX) return undefined;
      found = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      return visit.BREAK;
    },
  });
  return found;
};

const firstLine = (text: string): string => text.split('\n')[0]!;

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
    tags.some((tag) => message === `Unresolved tag: ${tag}`);
  const pairsOf = pairsIn();
  try {
    const tooDeep = (offset: number) =>
      bad(file, `is nested too deep: more than ${DEPTH_MAX} levels`, lineAt(offset));
    return [...documentsOf(text, lines, tooDeep)].map((document) => {
      const [problem] = [...document.errors, ...document.warnings].filter((one) => !isAllowed(one));
      if (problem) throw bad(file, firstLine(problem.message), lineAt(problem.pos[0]));
      const again = repeatedKey(document);
      if (again !== undefined) throw bad(file, 'Map keys must be unique', lineAt(again));
      const merged = mergedTooMuchAt(document);
      if (merged !== undefined)
        throw bad(file, `merges more than ${MERGED_MAX} pairs`, lineAt(merged));
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
    throw bad(file, `cannot be read (${firstLine((error as Error).message)})`);
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
