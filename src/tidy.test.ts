import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TEST = /\.test(-d)?\.ts$/;
const FOLDERS = ['src', 'actors', 'streams', 'imports', 'test', 'bench', 'examples'];

const filesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\/(dist|node_modules)\//.test(path));
const everything = FOLDERS.flatMap(filesIn);
const shipped = everything.filter(
  (file) => /^(src|actors|streams|imports)\//.test(file) && !TEST.test(file),
);
const inFolder = (folder: string): string[] => shipped.filter((file) => file.startsWith(folder));

const parsed = new Map<string, ts.SourceFile>();
const parse = (file: string): ts.SourceFile => {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  const source = parsed.get(file) ?? ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
};

/** Every node of some files. Comments are no nodes. */
function* nodes(files: readonly string[]): Generator<ts.Node> {
  for (const file of files) {
    const left: ts.Node[] = [parse(file)];
    for (let node = left.pop(); node; node = left.pop()) {
      yield node;
      ts.forEachChild(node, (child) => void left.push(child));
    }
  }
}

/** The text of a name, a string, a part of a template or a regular expression. */
const wordsOf = (node: ts.Node): string | undefined =>
  ts.isIdentifier(node) ||
  ts.isStringLiteralLike(node) ||
  ts.isRegularExpressionLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node)
    ? node.text
    : undefined;

const place = (node: ts.Node): string => {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${source.fileName}:${line + 1} ${node.getText()}`;
};

const found = (files: readonly string[], bad: (node: ts.Node) => boolean): string[] =>
  [...nodes(files)].filter(bad).map(place);

describe('programs that we start', () => {
  it('have none of our secrets in their environment', () => {
    const starting = shipped.filter((file) => /'node:child_process'/.test(parse(file).text));
    expect(starting.length).toBeGreaterThan(0);
    const telling = starting.filter((file) => !/childEnvironment\(/.test(parse(file).text));
    expect(telling).toEqual([]);
  });
});

describe('literals', () => {
  it('are not packed past the formatter by spreading them', () => {
    const packed = (node: ts.Node): boolean =>
      ts.isSpreadAssignment(node) || ts.isJsxSpreadAttribute(node)
        ? ts.isObjectLiteralExpression(node.expression)
        : ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.expression);
    expect(found([...everything, ...filesIn('console/src'), 'main.ts'], packed)).toEqual([]);
  });
});

describe('tests', () => {
  /** What gives up after a second or five, or says that something took longer. */
  const impatient = (node: ts.Node): boolean => {
    if (!ts.isCallExpression(node)) return false;
    const [called, args] = [node.expression.getText(), node.arguments];
    if (called === 'vi.waitFor') return args[1]?.getText() !== 'PATIENTLY';
    if (called === 'jetstreamManager') return args.length === 1;
    if (called.endsWith('.poll')) return /timeout/.test(args[1]?.getText() ?? '');
    return /(performance|Date)\.now\(\).*toBeLessThan(OrEqual)?$/s.test(called);
  };

  it('wait patiently for what comes by itself, and never say how fast it must be', () => {
    const tests = everything.filter((file) => TEST.test(file) || file.startsWith('test/'));
    expect(found(tests, impatient)).toEqual([]);
  });
});

describe('purity', () => {
  const CLOCKS = /^(Date\.now|Math\.random|crypto\.randomUUID|performance\.now)$/;
  const impure = (node: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(node) && CLOCKS.test(node.getText())) ||
    (ts.isIdentifier(node) && /^random(UUID|Bytes|Int)$/.test(node.text)) ||
    (ts.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0);

  it('actors and the core read no clock and throw no dice', () => {
    expect(found([...inFolder('actors/'), ...inFolder('src/core/')], impure)).toEqual([]);
  });
});

describe('regular expressions', () => {
  const told = ['edge', 'core', 'operate/importing'].flatMap((folder) =>
    inFolder(`src/${folder}/`),
  );
  /** What may begin anywhere, and takes in a run before it is seen that the rest is not there. */
  const begins = /^\/(\\?[^^\\[(]|\[[^\]]+\])[*+](?!\/)/;
  /** What may begin anywhere, and goes on to the end. */
  const ends = /^\/[^^].*(\[\^[^\]]+\]|(?<!\\)\.)[*+]\$\//;
  const slow = (node: ts.Node): boolean => {
    if (!ts.isRegularExpressionLiteral(node) || /\/\w*y\w*$/.test(node.text)) return false;
    return begins.test(node.text) || ends.test(node.text);
  };

  it('look at what others send once, not anew from each character of a run', () => {
    expect(found([...told, ...inFolder('imports/')], slow)).toEqual([]);
  });
});

describe('names', () => {
  it('of subjects, streams and buckets are built in one file', () => {
    const subject = /^((evt|claim|cmd|journal)\.|(EVT|SNAP)_)/;
    const elsewhere = shipped.filter((file) => file !== 'src/core/subjects.ts');
    const built = (node: ts.Node): boolean =>
      !ts.isIdentifier(node) && subject.test(wordsOf(node) ?? '');
    expect(found(elsewhere, built)).toEqual([]);
  });

  it('of the domain are unknown in src', () => {
    const types = new Set(
      actors.flatMap((one) => [
        one.name,
        ...one.aliases,
        ...Object.keys(one.commands),
        ...Object.keys(one.events),
      ]),
    );
    // Ordinary words too: a server is what NATS runs on, a node is what serve starts.
    for (const word of ['Server', 'Node']) types.delete(word);
    const words = /\b(capabilit(y|ies)|applications?)\b/i;
    const mediaType = /application\\?\/[\w(]/g;
    const domain = (node: ts.Node): boolean => {
      const text = wordsOf(node)?.replaceAll(mediaType, '');
      if (text === undefined) return false;
      const names = ts.isIdentifier(node) ? text.replaceAll(/([a-z])([A-Z])/g, '$1 $2') : text;
      return types.has(text) || words.test(names);
    };
    expect(found(inFolder('src/'), domain)).toEqual([]);
  });

  it('of files and folders are in kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|d|config))?(\.ts)?$/;
    const odd = everything.filter((file) => !file.split('/').every((part) => kebab.test(part)));
    expect(odd).toEqual([]);
  });

  it('say what a file is for: no utils, helpers, managers', () => {
    const vague = /(^|-)(utils?|helpers?|manager|misc|common|impl)(-|\.)/;
    expect(everything.filter((file) => vague.test(basename(file)))).toEqual([]);
  });
});

describe('exports', () => {
  it('have names: no default exports', () => {
    const isDefault = (node: ts.Node): boolean =>
      ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
    const asked = /\/vitest\.config\.ts$/; // vitest wants one there
    const others = everything.filter((file) => !asked.test(file));
    expect(found(others, isDefault)).toEqual([]);
  });

  it('of the library are documented, where they are defined or in src/index.ts', () => {
    const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const program = ts.createProgram([`${ROOT}src/index.ts`], options);
    const types = program.getTypeChecker();
    const index = program.getSourceFile(`${ROOT}src/index.ts`)!;
    const silent = types.getExportsOfModule(types.getSymbolAtLocation(index)!).filter((symbol) => {
      const [specifier] = symbol.declarations ?? [];
      const own = specifier && index.text.slice(specifier.pos, specifier.getStart(index));
      const origin = types.getAliasedSymbol(symbol);
      return !own?.includes('/**') && origin.getDocumentationComment(types).length === 0;
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
