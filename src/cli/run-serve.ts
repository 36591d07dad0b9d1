import type { Logger } from 'pino';
import { TRUSTED } from '../core/access.js';
import type { Aggregate } from '../core/aggregate.js';
import { problemOf } from '../edge/wire/problem.js';
import type { Config } from '../node/config.js';
import { type Node, startNode } from '../node/node.js';
import type { OpenedImport } from '../operate/importing/importer.js';
import { toRuntime } from '../operate/importing/send.js';
import type { Runtime } from '../write/runtime/runtime.js';
import type { Composition } from './composition.js';
import { createLog } from './create-log.js';
import { EXIT, Stop } from './exit.js';
import { goOnAfterBugs } from './go-on-after-bugs.js';
import { importerNamed, importFile, openImport } from './import-file.js';
import { type Io, write } from './io.js';
import { ofOthersServers } from './of-others-servers.js';
import type { ImportSummary } from './run-import.js';
import { settings } from './settings.js';
import { codeForAll, consolePage, signInLink } from './sign-in-link.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/;

/** Settles with the name of the first signal; a second one ends the process at once. */
const untilSignal = (log: Logger): Promise<string> =>
  new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
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
  const { url, natsUrl, serverVersion, maxPayload, dataDir } = node;
  for (const one of ofOthersServers(config, maxPayload)) log.warn(one);
  log.info(`NATS ${serverVersion} at ${natsUrl}${dataDir === null ? '' : `, store in ${dataDir}`}`);
  if (!LOOPBACK.test(config.host))
    log.warn(
      `HOST is ${config.host}, not loopback: keys and tokens travel in clear text; put a proxy that speaks TLS before it`,
    );
  log.info(`Stele at ${url}`);
};

/** Shown once and kept nowhere: on the terminal, never in the log. */
const showFirstKey = (io: Io, text: string): void =>
  write(
    io.stdout,
    [
      '\nThe first API key, with every role. It is shown this once and kept nowhere:',
      `\n  ${text}`,
      '\nSend it as X-Api-Key; for the command line: export STELE_KEY=<the key>',
      'More keys, with fewer roles: npx stele key create --help\n',
    ].join('\n'),
  );

/**
 * Whether whoever reads standard output may be let in: they sit here, or it is a node for one
 * machine, NATS and all. What is behind a proxy or in a cluster writes to logs that others read.
 */
const isNear = (io: Io, { host, nats }: Config): boolean =>
  io.stdout.isTTY === true || (LOOPBACK.test(host) && nats === null);

/** How the console is opened. A link that lets somebody in is for the terminal, never for the log. */
const showConsole = async (node: Node, config: Config, io: Io): Promise<void> => {
  const { url, access } = node;
  if (!access) return write(io.stdout, `Open the console: ${consolePage(url)}`);
  const how = `The console is at ${consolePage(url)}; a link that signs you in: npx stele console`;
  if (!isNear(io, config)) return write(io.stdout, how);
  try {
    const code = await access.sessions.codeFor(codeForAll(access.roles));
    const counts = 'It counts once, for 10 minutes; another one: npx stele console';
    write(io.stdout, `Open the console: ${signInLink(url, code)}\n${counts}\n`);
  } catch {
    write(io.stdout, how); // NATS is away; that is told elsewhere
  }
};

export type Next = {
  readonly url: string;
  readonly dataDir: string | null;
  readonly aggregate: Aggregate;
  readonly id: string;
};

const KEY = '-H "X-Api-Key: $STELE_KEY"';

/** Commands that work as they stand, about an aggregate that was just imported. */
export const tryNext = ({ url, dataDir, aggregate: { slug, plural }, id }: Next): string =>
  [
    '\nTry next (with the first key in STELE_KEY: export STELE_KEY=…):',
    `curl -s ${KEY} ${url}/${plural}/${id}/events`,
    `curl -s ${KEY} ${url}/${plural}/${id}/commands`,
    `curl -sN ${KEY} ${url}/events/stream?from=start`,
    `npx stele events show ${slug} ${id} --server ${url}`,
    `npx stele machine show ${slug} --format svg --out ${slug}.svg`,
    dataDir === null ? 'npx stele doctor' : `STELE_DATA='${dataDir}' npx stele doctor`,
  ].join('\n  ');

/** The one that received the most commands. */
const busiest = ({ registry }: Runtime, summary: ImportSummary): Pick<Next, 'aggregate' | 'id'>[] =>
  [...summary.busiest]
    .sort(([, a], [, b]) => b.commands - a.commands)
    .slice(0, 1)
    .map(([type, { id }]) => ({ aggregate: registry.aggregate(type)!, id }));

export type ServeOptions = { readonly import?: string };

/** Import beside the serving; a failure is told and does not end the node. */
const importBeside = async (
  node: Node,
  opened: OpenedImport,
  { io, log, signal }: { readonly io: Io; readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> => {
  const { url, dataDir, runtime } = node;
  try {
    const summary = await importFile({
      opened,
      io,
      out: io.stderr,
      signal,
      send: toRuntime(runtime, problemOf, TRUSTED),
    });
    for (const one of busiest(runtime, summary))
      write(io.stdout, tryNext({ ...one, url, dataDir }));
  } catch (error) {
    log.error((error as Error).message);
  }
};

/** Run a node until it is told to end, or cannot go on. */
export const runServe = async (
  {
    io,
    definitions,
    projections = [],
    watches = [],
    topology,
    importers = [],
    ...rest
  }: Composition,
  { import: importer, file }: ServeOptions & { readonly file: string | undefined },
): Promise<number> => {
  if ((importer === undefined) !== (file === undefined))
    throw new Stop('write --import <importer> <file>', EXIT.usage);
  const config = settings(io);
  const opened =
    importer === undefined
      ? undefined
      : await openImport(importerNamed(importers, importer), file!);
  const log = createLog(io, config.logLevel);
  const signalled = untilSignal(log);
  const { version, roles, models } = rest;
  const info = { name: 'stele', version };
  return goOnAfterBugs(log, async () => {
    const node = await startNode({
      config,
      definitions,
      projections,
      watches,
      ...(topology && { topology }),
      log,
      info,
      ...(models && { models }),
      ...(roles && { roles, onFirstKey: (text: string) => showFirstKey(io, text) }),
      env: io.env,
    });
    greet(node, config, log);
    await showConsole(node, config, io);

    const stopping = new AbortController();
    const importing = opened && importBeside(node, opened, { io, log, signal: stopping.signal });
    const why = await Promise.race([signalled, node.failed]);
    stopping.abort();
    if (typeof why === 'string')
      log.info(`${why}: finishing what is under way; again to end at once`);
    else log.fatal({ err: why }, why.message);
    await importing;
    await node.close();
    log.info('ended');
    return typeof why === 'string' ? EXIT.ok : EXIT.failed;
  });
};
