import { Command } from 'commander';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { type Node, startNode } from '../node.js';
import { EXIT, Stop } from './exit.js';
import { importFile, importerNamed, toRuntime } from './importing.js';
import { type Io, write } from './io.js';
import { createLog } from './log.js';
import type { Composition } from './program.js';
import type { ImportSummary } from './run-import.js';
import { settings } from './settings.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;

/** Settles with the name of the first signal; a second one ends the process at once. */
const untilSignal = (log: Logger): Promise<string> =>
  new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (asked) {
          log.warn(`${signal} again: ending at once`);
          process.exit(EXIT.failed);
        }
        asked = true;
        resolve(signal);
      });
  });

const greet = (node: Node, config: Config, log: Logger): void => {
  const { url, natsUrl, serverVersion, dataDir } = node;
  log.info(`NATS ${serverVersion} at ${natsUrl}${dataDir === null ? '' : `, store in ${dataDir}`}`);
  log.info(`Stele at ${url}`);
  log.warn(
    'there is no authorization yet: the actor of a command is whoever its envelope names, so everyone who reaches this address may do everything',
  );
  if (!LOOPBACK.test(config.host))
    log.error(
      `HOST is ${config.host}, NOT LOOPBACK: EVERYONE ON THE NETWORK CAN READ AND WRITE EVERYTHING. Set HOST=127.0.0.1, or put a proxy that checks who is asking before it`,
    );
};

/** Commands that work as they stand, about what was just imported. */
export const tryNext = (url: string, plurals: Plurals, { busiest }: ImportSummary): string => {
  const lines: string[] = [];
  for (const [type, { id }] of busiest) {
    const { slug, plural } = plurals(type) ?? { slug: type, plural: type };
    lines.push(`curl -s ${url}/${plural}/${id}/events`);
    lines.push(`curl -s ${url}/${plural}/${id}/commands`);
    lines.push(`npx stele events show ${slug} ${id} --server ${url}`);
    lines.push(`npx stele machine show ${slug} --format svg --out ${slug}.svg`);
  }
  lines.push(`curl -sN ${url}/events/stream`, `npx stele doctor`);
  return `\nTry next:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
};
type Plurals = (type: string) => { readonly slug: string; readonly plural: string } | undefined;

type ServeOptions = { readonly import?: string };

const serve = async (
  composition: Composition,
  { import: importer, file }: ServeOptions & { readonly file: string | undefined },
): Promise<number> => {
  const { io, definitions, topology, importers, version } = composition;
  if ((importer === undefined) !== (file === undefined))
    throw new Stop('write --import <importer> <file>', EXIT.usage);
  const chosen = importer === undefined ? undefined : importerNamed(importers, importer);
  const config = settings(io);
  const log = createLog(io, config.logLevel);
  const signalled = untilSignal(log);
  const node = await startNode({ config, definitions, topology, log, env: io.env, info: { name: 'stele', version } });
  greet(node, config, log);

  const stopping = new AbortController();
  const ended = Promise.race([
    signalled.then((signal) => ({ signal })),
    node.failed.then((fault) => ({ fault })),
  ]);
  const importing =
    chosen &&
    importFile({
      ...{ importer: chosen, file: file!, io, out: io.stderr, signal: stopping.signal },
      send: toRuntime(node.runtime),
    })
      .then((summary) => {
        const { registry } = node.runtime;
        write(io.stdout, tryNext(node.url, (type) => registry.aggregate(type), summary));
      })
      .catch((error: Error) => log.error(error.message));
  const why = await ended;
  stopping.abort();
  if ('fault' in why) log.fatal({ err: why.fault }, why.fault.message);
  else log.info(`${why.signal}: finishing what is under way; again to end at once`);
  await importing;
  await node.close();
  log.info('ended');
  return 'fault' in why ? EXIT.failed : EXIT.ok;
};

/** `stele serve` */
export const serveCommand = (composition: Composition, done: (exit: number) => void): Command => {
  const name = composition.importers[0]?.name ?? 'importer';
  return new Command('serve')
    .summary('run a node')
    .description(
      'Run a node: HTTP, commands over NATS, and, unless NATS_URL names one, a NATS server of its\nown. Settings come from the environment and from .env; .env.example lists them.',
    )
    .option('--import <importer>', 'import a file after the start and go on serving')
    .argument('[file]', 'the file to import')
    .addHelpText(
      'after',
      `\nSIGTERM and SIGINT end it: what is under way is finished first. A second one ends it at once.\n\nExamples:\n  $ stele serve\n  $ PORT=8080 STELE_DATA=/var/lib/stele stele serve\n  $ stele serve --import ${name} history.jsonl.gz\n`,
    )
    .action(async (file: string | undefined, options: ServeOptions) =>
      done(await serve(composition, { ...options, file })),
    );
};
