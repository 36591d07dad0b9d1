import { Command } from 'commander';
import { acceptLossCommand } from './accept-loss-command.js';
import type { Composition } from './composition.js';
import { consoleCommand } from './console-command.js';
import { doctorCommand } from './doctor-command.js';
import { eventsCommand } from './events-command.js';
import { EXIT } from './exit.js';
import { importCommand } from './import-command.js';
import { type Io, paintFor, write } from './io.js';
import { keyCommand } from './key-command.js';
import { machineCommand } from './machine-command.js';
import { printable } from './printable.js';
import { projectionCommand } from './projection-command.js';
import { sampleFor } from './sample.js';
import { sendCommand } from './send-command.js';
import { serveCommand } from './serve-command.js';
import { stopOf } from './stop-of.js';

const HELP = `
Exit codes: 0 fine · 1 refused or failed · 2 wrong usage · 3 not found · 4 conflict · 78 wrong configuration
Data goes to standard output, everything else to standard error. NO_COLOR turns colours off.
`;

export const createProgram = (composition: Composition, done: (exit: number) => void): Command => {
  const { definitions, importers = [], version, io } = composition;
  const sample = sampleFor(definitions[0]);
  const program = new Command('stele')
    .description('Every aggregate an actor, every change an immutable event.')
    .version(version)
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText('after', HELP);
  program.addCommand(serveCommand(composition, done));
  program.addCommand(consoleCommand(composition, done));
  program.addCommand(sendCommand(sample, io, done));
  program.addCommand(eventsCommand(composition));
  program.addCommand(machineCommand(definitions, io));
  program.addCommand(projectionCommand(io, done));
  program.addCommand(
    importCommand({ importers, formats: composition.models?.formats ?? [] }, io, done),
  );
  program.addCommand(keyCommand(composition, done));
  program.addCommand(doctorCommand(composition, done));
  program.addCommand(acceptLossCommand(composition));
  settle(program, io);
  return program;
};

/** Every command, nested ones too, reports instead of ending the process. */
const settle = (command: Command, io: Io): void => {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void io.stdout.write(printable(text)),
    writeErr: (text) => void io.stderr.write(printable(text)),
  });
  for (const inner of command.commands) settle(inner, io);
};

const isUsage = (error: unknown): error is Error & { readonly exitCode: number } =>
  String((error as { code?: unknown }).code).startsWith('commander.');

/** Run one command line. Settles with the exit code. */
export const runProgram = async (
  composition: Composition,
  args: readonly string[],
): Promise<number> => {
  const { io } = composition;
  let exit: number = EXIT.ok;
  const program = createProgram(composition, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (isUsage(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const paint = paintFor(io.stderr, io.env);
    const stop = stopOf(error, paint);
    if (stop) {
      write(io.stderr, stop.message);
      return stop.exit;
    }
    const { code, message, stack } = error as Error & { code?: string };
    if (code !== undefined) write(io.stderr, `${paint('red', code)}  ${message}`);
    else write(io.stderr, stack ?? message);
    return EXIT.failed;
  }
};
