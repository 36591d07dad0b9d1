import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { actors } from '../../actors/index.js';
import { roles } from '../../actors/roles.js';
import { importers, models } from '../../imports/index.js';
import type { Io } from '../../src/cli/io.js';
import { runProgram } from '../../src/cli/run-program.js';
import { defaultTopology } from '../../src/write/store/topology.js';
import { projections } from '../../streams/index.js';

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };

/**
 * Run one command line in this process, as `stele <args>` would. Where the server is, `--server`
 * must say: STELE_URL is looked for in the environment of the process.
 */
export const commandLine = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { env: { ...env, NO_COLOR: '1' }, stdin: process.stdin, stdout, stderr };
  const [first, ...others] = actors;
  const said = Promise.all([text(stdout), text(stderr)]);
  const exit = await runProgram(
    {
      definitions: [first!, ...others],
      importers,
      models,
      projections,
      topology: defaultTopology,
      roles,
      version: '0.0.0',
      io: io as unknown as Io,
    },
    args,
  );
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { exit, out, err };
};
