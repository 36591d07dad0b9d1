import { existsSync, readFileSync } from 'node:fs';
import { actors } from './actors/index.js';
import { roles } from './actors/roles.js';
import { watches } from './actors/watches.js';
import { importers, models } from './imports/index.js';
import { EXIT } from './src/cli/exit.js';
import { processIo, write } from './src/cli/io.js';
import { runProgram } from './src/cli/run-program.js';
import { projections } from './streams/index.js';

const ENV_FILE = '.env';

/** The version of this package; this file stands beside its package.json or, compiled, in `dist/`. */
const packageVersion = (): string => {
  for (const up of ['./', '../']) {
    const file = new URL(`${up}package.json`, import.meta.url);
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
};

/** In the directory of a program made with the library, this is not that program. */
const sayWhich = (): void => {
  if (!existsSync('package.json')) return;
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as Readonly<Record<string, object | undefined>>;
    if (!('stele' in dependencies || 'stele' in devDependencies)) return;
    const what = 'This is the Enterprise Architecture tool that comes with Stele, with its types';
    write(process.stderr, `${what}. For those of this project run its own program (runProgram).\n`);
  } catch {
    // whatever that file is
  }
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

sayWhich();
process.exitCode = loadEnvFile()
  ? await runProgram(
      {
        definitions: [first, ...rest],
        importers,
        models,
        projections,
        roles,
        watches,
        version: packageVersion(),
        io: processIo(),
      },
      process.argv.slice(2),
    )
  : EXIT.config;
