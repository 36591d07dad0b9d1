import { Command } from 'commander';
import type { Composition } from './composition.js';
import type { ServeOptions } from './run-serve.js';

/** `stele serve` */
export const serveCommand = (composition: Composition, done: (exit: number) => void): Command => {
  const name = (composition.importers ?? [])[0]?.name ?? 'importer';
  return new Command('serve')
    .summary('run a node')
    .description(
      'Run a node: HTTP, commands over NATS, and, unless NATS_URL names one, a NATS server of its\nown. Settings come from the environment and from .env; .env.example lists them.',
    )
    .option('--import <importer>', 'import a file after the start and go on serving')
    .argument('[file]', 'the file to import')
    .addHelpText(
      'after',
      `\nSIGTERM, SIGINT and SIGHUP (a terminal that is closed) end it: what is under way is finished first. A second one ends it at once.\n\nExamples:\n  $ stele serve\n  $ PORT=8080 STELE_DATA=/var/lib/stele stele serve\n  $ stele serve --import ${name} history.jsonl.gz\n`,
    )
    .action(async (file: string | undefined, options: ServeOptions) => {
      const { runServe } = await import('./run-serve.js'); // loaded when it is needed
      done(await runServe(composition, { ...options, file }));
    });
};
