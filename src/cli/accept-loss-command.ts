import { Command } from 'commander';
import type { Composition } from './composition.js';
import type { AcceptLossFlags } from './run-accept-loss.js';

/** `stele accept-loss` */
export const acceptLossCommand = (composition: Composition): Command => {
  const [{ slug }] = composition.definitions;
  return new Command('accept-loss')
    .summary('give up what a log lost, and let it be written again')
    .description(
      'A node that finds that its log has lost its end writes nothing until the log was restored. Where\nnothing is left to restore it from, this says that what is gone is given up. Running nodes write\nagain within seconds; it cannot be undone. NATS_URL names the log, else it is the one in STELE_DATA.',
    )
    .argument('<type...>', 'aggregate types whose log is short, or journal')
    .requiredOption('--reason <why>', 'why; it stays on record')
    .option('--json', 'the answer as JSON')
    .addHelpText(
      'after',
      `\nExample:\n  $ stele accept-loss ${slug} --reason "the disk is lost, and so is the backup"\n`,
    )
    .action(async (types: readonly string[], flags: AcceptLossFlags) => {
      const { runAcceptLoss } = await import('./run-accept-loss.js'); // loaded when it is needed
      await runAcceptLoss(composition, types, flags);
    });
};
