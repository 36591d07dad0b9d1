import { Command } from 'commander';
import type { Importer } from '../../imports/importer.js';
import { Client, serverOption } from './client.js';
import { EXIT, Stop } from './exit.js';
import { importerNamed, importFile, openImport, toServer } from './importing.js';
import { type Io, write } from './io.js';
import { table } from './table.js';

export type ImportOptions = {
  readonly server: string;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly report?: string;
};

const list = (importers: readonly Importer[], io: Io, json = false): number => {
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

const run = async (
  importers: readonly Importer[],
  { name, file }: { readonly name: string | undefined; readonly file: string | undefined },
  options: ImportOptions,
  io: Io,
): Promise<number> => {
  if (options.list) return list(importers, io, options.json);
  if (name === undefined || file === undefined)
    throw new Stop('name the importer and the file; `stele import --list` shows both', EXIT.usage);
  const opened = await openImport(importerNamed(importers, name), file);
  const { refused } = await importFile({
    ...{ opened, io, out: io.stdout },
    send: toServer(new Client(options.server)),
    ...(options.json && { json: true }),
    ...(options.report !== undefined && { report: options.report }),
  });
  return refused.size === 0 ? EXIT.ok : EXIT.failed;
};

/** `stele import` */
export const importCommand = (
  importers: readonly Importer[],
  io: Io,
  done: (exit: number) => void,
): Command => {
  const name = importers[0]?.name ?? 'importer';
  return new Command('import')
    .summary('import a file')
    .description(
      'Turn a file into commands and send them to a server, one after the other. Command ids are\nstable: run again, an import that stopped goes on, and one that was finished changes nothing.',
    )
    .argument('[importer]', `such as ${name}`)
    .argument('[file]')
    .addOption(serverOption())
    .option('--report <file>', 'write all refusals and notes there, as JSON lines')
    .option('--list', 'the importers there are')
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele import --list\n  $ stele import ${name} history.jsonl.gz --report report.jsonl\n`,
    )
    .action(async (which: string | undefined, file: string | undefined, options: ImportOptions) =>
      done(await run(importers, { name: which, file }, options, io)),
    );
};
