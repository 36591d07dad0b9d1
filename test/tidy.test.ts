import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { Book } from '../examples/library/lending.js';
import { importers } from '../imports/index.js';
import { processIo } from '../src/cli/io.js';
import { createProgram } from '../src/cli/run-program.js';
import { kebab, pluralOf } from '../src/core/ids.js';
import { chartFrom } from '../src/core/picture/chart-from.js';
import { type MachineJson, machineJson } from '../src/core/picture/json.js';
import { drawSvg } from '../src/core/picture/svg.js';
import { partsOf } from '../src/edge/http/writing/settable.js';
import { createHttp, drawMachine, memoryStore, Runtime } from '../src/index.js';
import { NAMES, SECRETS } from '../src/node/environment.js';
import { defaultTopology } from '../src/write/store/topology.js';
import '../examples/library/lending.test.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path}`);

const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...filesIn('docs', '.md'),
  ...filesIn('examples', '.md'),
];
const sources = ['src', 'actors', 'streams', 'imports']
  .flatMap((folder) => filesIn(folder, '.ts'))
  .filter((file) => !/\.test(-d)?\.ts$/.test(file));

/** A document whose tables are not padded. */
const unpadded = (document: string): string => read(document).replaceAll(/ +\|/g, ' |');
/** What stands between backticks in the first column of every table. */
const firstColumn = (document: string): string[] =>
  [...unpadded(document).matchAll(/^\| (`[^|]*`)/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
const prose = (document: string): string => read(document).replaceAll(/```[\s\S]*?```/g, '');

describe('links', () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
  const anchors = (document: string): string[] =>
    [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading));

  it.each(documents)('of %s lead somewhere', (document) => {
    const links = [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    const dead = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchors(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('lead to every document and decision', () => {
    const index = read('docs/README.md') + read('docs/adr/README.md');
    const unlisted = filesIn('docs', '.md').filter(
      (file) => !file.endsWith('README.md') && !index.includes(file.split('/').slice(-1).join('')),
    );
    expect(unlisted).toEqual([]);
  });
});

it('code in documents is what the named file says', () => {
  const flush = (code: string): string => code.replaceAll(/^ +/gm, '');
  const excerpt = /<!-- from: (\S+) -->\n```\w+\n([\s\S]*?)```/g;
  for (const document of documents)
    for (const [, file = '', code = ''] of read(document).matchAll(excerpt))
      for (const part of code.split(/^ *\/\/ …\n/m))
        expect(flush(read(file))).toContain(flush(part));
});

describe('references', () => {
  it('list the variables of the configuration, and no others', () => {
    const document = 'docs/reference/configuration.md';
    expect(firstColumn(document).sort()).toEqual([...NAMES].sort());
    for (const name of SECRETS) expect(read(document)).toContain(`\`${name}_FILE\``);
    const example = [...read('.env.example').matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(example).toEqual(NAMES);
  });

  it('list every error code, and none that does not exist', () => {
    const text = sources.map(read).join('\n');
    const quoted = [...text.matchAll(/'([A-Z]{2,}(?:_[A-Z]+)+)'/g)];
    const said = [...text.matchAll(/(?:refuse|Fault)\(\s*'([A-Z_]+)'/g)];
    const mapped = [...read('src/edge/wire/problem.ts').matchAll(/^ {2}([A-Z_]+): \d{3},$/gm)];
    const variables = new Set<string>([...NAMES, 'TOO_LONG']);
    // Codes of Node are not ours.
    const ours = (code: string): boolean => !/^(HPE|ERR)_/.test(code);
    const codes = new Set([...quoted, ...said, ...mapped].map(([, code = '']) => code));
    const document = 'docs/reference/errors.md';
    const listed = new Set([...read(document).matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code));
    const missing = [...codes].filter(
      (code) => ours(code) && !listed.has(code) && !variables.has(code),
    );
    expect(missing).toEqual([]);
    expect(firstColumn(document).filter((code) => !text.includes(code))).toEqual([]);
  });

  it('give error codes the status that they have', () => {
    const statuses = new Map(
      [...read('src/edge/wire/problem.ts').matchAll(/^ {2}([A-Z_]+): (\d{3}),$/gm)].map(
        ([, code = '', status = '']) => [code, status],
      ),
    );
    const rows = unpadded('docs/reference/errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm);
    const wrong = [...rows].filter(
      ([, code = '', status = '']) =>
        (statuses.get(code) ?? (status === '500' ? '500' : '422')) !== status,
    );
    expect(wrong.map(([row]) => row)).toEqual([]);
  });

  it('list the headers of events', () => {
    const names = [
      ...read('src/write/store/nats/headers.ts').matchAll(/'(Stele-[A-Za-z-]+|traceparent)'/g),
    ];
    const document = 'docs/reference/events-and-headers.md';
    expect(
      firstColumn(document)
        .filter((name) => /^(Stele-|traceparent)/.test(name))
        .sort(),
    ).toEqual(names.map(([, name]) => name).sort());
  });

  it('give the limits the values that they have', () => {
    const text = sources.map(read).join('\n');
    const rows = unpadded('docs/reference/limits.md').matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm);
    const wrong = [...rows].filter(
      ([, name, value]) =>
        !text.includes(`const ${name} = ${value};`) && !text.includes(`  ${name}: ${value},`),
    );
    expect(wrong.map(([row]) => row)).toEqual([]);
  });

  it('list the routes of HTTP, and no others', () => {
    const store = memoryStore();
    const log = { warn: () => {}, error: () => {} };
    const runtime = new Runtime({ definitions: actors, store, log });
    const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '0' } });
    const plurals = new Set(actors.map(({ plural }) => plural));
    const parts = new Set(actors.flatMap(partsOf).map(({ within }) => within));
    // Other nouns for the same: their routes are the same ones again.
    const others = new Set(
      actors.flatMap(({ aliases }) => aliases.map((one) => pluralOf(kebab(one)))),
    );
    const routes = app.routes
      .map(({ method, path }) => ({
        method,
        path: path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}').split('/'),
      }))
      .filter(({ path: [, first = ''] }) => !others.has(first))
      .map(({ method, path: [, first = '', ...rest] }) => {
        const part = parts.has(first) ? '{parts}' : first;
        const plural = plurals.has(first) ? '{plural}' : part;
        return `${method} ${['', plural, ...rest].join('/')}`;
      });
    const shown = firstColumn('docs/reference/http.md').filter((cell) =>
      /^(GET|POST|PATCH|PUT|DELETE) /.test(cell),
    );
    expect(shown.sort()).toEqual([...new Set(routes)].sort());
  });

  it('list the commands and options of the command line, and no others', () => {
    const [first, ...others] = actors;
    const composition = {
      definitions: [first!, ...others] as const,
      importers,
      topology: defaultTopology,
      version: '0',
      io: processIo(),
    };
    const all = (command: Command, path: string): [string, string[]][] =>
      command.commands.length > 0
        ? command.commands.flatMap((inner) => all(inner, `${path} ${inner.name()}`))
        : [[path, command.options.map(({ long }) => long ?? '')]];
    const sections = read('docs/reference/cli.md').split(/^## /m).slice(1);
    const documented = sections.map((section): [string, string[]] => [
      (section.split('\n')[0] ?? '').replace(/ (\[|\\<).*$/, ''),
      [...section.matchAll(/^\|.*?`(--[a-z-]+)/gm)].map(([, flag = '']) => flag),
    ]);
    const byName = (list: [string, string[]][]) =>
      Object.fromEntries(list.map(([name, flags]) => [name, [...flags].sort()]));
    expect(byName(documented)).toEqual(
      byName(
        all(
          createProgram(composition, () => {}),
          'stele',
        ),
      ),
    );
  });
});

it.each([...actors, Book])('a browser draws the picture of $name from what it is sent', (one) => {
  const sent = JSON.parse(JSON.stringify(machineJson(one))) as MachineJson;
  expect(drawSvg(chartFrom(sent), { title: one.name })).toBe(drawMachine(one, 'svg'));
});

it.each([...actors, Book])('the picture of $name is current', async (definition) => {
  await expect(drawMachine(definition, 'svg')).toMatchFileSnapshot(
    `../docs/pictures/${definition.slug}.svg`,
  );
});

it("CI runs the README's second command", () => {
  const commands = [...read('README.md').matchAll(/```sh\n(npm [^\n]*)\n```/g)].map(
    ([, one]) => one,
  );
  expect(commands).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  expect(read('.ci/run').trim().split('\n').at(-1)).toBe(commands[1]);
  expect(read('.github/workflows/ci.yml')).toContain('- run: .ci/run\n');
});
