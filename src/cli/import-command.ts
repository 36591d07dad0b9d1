import { Command } from 'commander';
import type { Importer, ModelFormat } from '../operate/importing/importer.js';
import { connect } from './connect.js';
import { EXIT, Stop } from './exit.js';
import { importerNamed, importFile, openImport, toServer } from './import-file.js';
import {
  type Asking,
  importModel,
  listImports,
  type ModelImportOptions,
  revertImport,
  stopImport,
} from './import-model.js';
import { interruptible } from './interruptible.js';
import { type Io, write } from './io.js';
import { keyOption, type ServerFlags, serverOption } from './server-option.js';
import { table } from './table.js';

type ImportOptions = ModelImportOptions & ServerFlags & { readonly list?: boolean };

/** Everything that can be named as the first argument. */
type Sources = {
  readonly importers: readonly Importer[];
  readonly formats: readonly ModelFormat[];
};
type Named = { readonly name: string; readonly summary: string; readonly format: string };

const LIST = 'list';
const REVERT = 'revert';
const STOP = 'stop';

const list = (importers: readonly Named[], io: Io, json = false): number => {
  if (json)
    for (const { name, summary, format } of importers)
      write(io.stdout, JSON.stringify({ name, summary, format }));
  else
    write(
      io.stdout,
      table(
        ['NAME', 'WHAT IT IMPORTS', 'FILE'],
        importers.map(({ name, summary, format }) => [name, summary, format]),
      ),
    );
  return EXIT.ok;
};

/** Bring in a model or a history, or take a model back: work that Ctrl-C stops in good order. */
const bring = async (
  { importers, formats }: Sources,
  { name, file }: { readonly name: string; readonly file: string },
  asking: Asking,
): Promise<number> => {
  const { transport, io, options, signal } = asking;
  if (name === REVERT) return revertImport(file, asking);
  const model = formats.find((one) => one.name === name);
  if (model) return importModel(model, file, asking);
  if (options.dryRun || options.mapping !== undefined || options.approval !== undefined)
    throw new Stop(
      `--dry-run, --mapping and --approval are for models: ${formats.map((one) => one.name).join(', ')}`,
      EXIT.usage,
    );
  const opened = await openImport(importerNamed(importers, name), file);
  const { refused } = await importFile({
    opened,
    io,
    ...(signal && { signal }),
    out: io.stdout,
    send: toServer(transport),
    ...(options.json && { json: true }),
    ...(options.report !== undefined && { report: options.report }),
  });
  return refused.size === 0 ? EXIT.ok : EXIT.failed;
};

const run = async (
  sources: Sources,
  { name, file }: { readonly name: string | undefined; readonly file: string | undefined },
  options: ImportOptions,
  io: Io,
): Promise<number> => {
  const { importers, formats } = sources;
  if (options.list) return list([...formats, ...importers], io, options.json);
  const asking = { transport: connect(options, io), io, options };
  if (name === LIST && file === undefined) return listImports(asking);
  if (name === undefined || file === undefined)
    throw new Stop('name the importer and the file; `stele import --list` shows both', EXIT.usage);
  if (name === STOP) return stopImport(file, asking);
  return interruptible((signal) => bring(sources, { name, file }, { ...asking, signal }));
};

/** `stele import` */
export const importCommand = (sources: Sources, io: Io, done: (exit: number) => void): Command => {
  const { importers, formats } = sources;
  const name = importers[0]?.name ?? 'importer';
  const model = formats[0]?.name ?? name;
  return new Command('import')
    .summary('import a file')
    .description(
      'Bring in a model or a history. Run again, an import that stopped goes on, and one that was\nfinished changes nothing; a changed model sends only what is different. `import list` shows\nwhat was imported, `import revert <id>` takes a model back, `import stop <id>`, or Ctrl-C, stops.',
    )
    .argument('[importer]', `such as ${model} or ${name}; or list, revert, stop`)
    .argument('[path]', 'the file or folder; of revert and stop, the id of the import')
    .addOption(serverOption())
    .addOption(keyOption())
    .option(
      '--dry-run',
      'show every command that would be sent and everything that would be left out',
    )
    .option('--mapping <file>', 'what the columns of a table are, as YAML or JSON')
    .option('--approval <id>', 'the approval for what a revert may not do without one')
    .option('--report <file>', 'write all refusals and notes there, as JSON lines')
    .option('--list', 'the importers there are')
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele import --list\n  $ stele import ${model} model.archimate --dry-run\n  $ stele import ${name} history.jsonl.gz --report report.jsonl\n`,
    )
    .action(async (which: string | undefined, file: string | undefined, options: ImportOptions) =>
      done(await run(sources, { name: which, file }, options, io)),
    );
};
