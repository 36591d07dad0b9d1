import { Command } from 'commander';
import type { Composition } from './composition.js';
import type { DoctorOptions } from './run-doctor.js';
import { nodeOption } from './server-option.js';

/** `stele doctor` */
export const doctorCommand = (composition: Composition, done: (exit: number) => void): Command => {
  const [{ slug }] = composition.definitions;
  return new Command('doctor')
    .summary('prove that nothing is lost or altered')
    .description(
      'Read the store itself and check all of it: settings of the streams, every hash and version,\nevery event against its schema and chart, snapshots against the replay, claims against the\nstates, the journal, and the read side against the log. Nothing is changed; a running node need\nnot be stopped.',
    )
    .option('--type <type>', 'only this aggregate type')
    .option('--id <id>', 'only this aggregate; goes with --type')
    .option('--read-side', 'only the read side, in a few seconds')
    .addOption(nodeOption())
    .option('--json', 'the whole result as JSON')
    .addHelpText(
      'after',
      `\nExit code 1 when anything is broken.\n\nExamples:\n  $ stele doctor\n  $ stele doctor --read-side --server http://127.0.0.1:3000\n  $ STELE_DATA=/var/lib/stele stele doctor --type ${slug} --json\n`,
    )
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./run-doctor.js'); // loaded when it is needed
      done(await runDoctor(composition, options));
    });
};
