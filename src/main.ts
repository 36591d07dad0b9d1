import { existsSync, readFileSync } from 'node:fs';
import { actors } from '../actors/index.js';
import { roles } from '../actors/roles.js';
import { watches } from '../actors/watches.js';
import { importers, models } from '../imports/index.js';
import { projections, topology } from '../streams/index.js';
import { EXIT } from './cli/exit.js';
import { processIo, write } from './cli/io.js';
import { runProgram } from './cli/program.js';

const ENV_FILE = '.env';

/** The version of this package; this file stands in `src/` or, compiled, in `dist/src/`. */
const packageVersion = (): string => {
  for (const up of ['../', '../../']) {
    const file = new URL(`${up}package.json`, import.meta.url);
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
};

const loadEnvFile = (): boolean => {
  if (!existsSync(ENV_FILE)) return true;
  try {
    process.loadEnvFile(ENV_FILE);
    return true;
  } catch (error) {
    write(process.stderr, `${ENV_FILE} cannot be read: ${(error as Error).message}`);
    return false;
  }
};

const [first, ...rest] = actors;
if (!first) throw new TypeError('actors/index.ts lists no definition');

/** A reader that went away, such as `head`, is no failure; a terminal that was closed neither. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  if (error.code !== 'EIO') throw error;
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
});

process.exitCode = loadEnvFile()
  ? await runProgram(
      {
        ...{
          definitions: [first, ...rest],
          importers,
          models,
          projections,
          topology,
          roles,
          watches,
        },
        ...{ version: packageVersion(), io: processIo() },
      },
      process.argv.slice(2),
    )
  : EXIT.config;
