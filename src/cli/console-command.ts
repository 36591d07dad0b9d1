import { Command } from 'commander';
import type { Composition } from './composition.js';
import type { ConsoleFlags } from './run-console.js';
import { nodeOption } from './server-option.js';

/** `stele console` */
export const consoleCommand = (composition: Composition, done: (exit: number) => void): Command => {
  const roles = Object.keys(composition.roles ?? {});
  const [role = 'viewer'] = roles;
  return new Command('console')
    .summary('print a link that signs you in to the web console')
    .description(
      'Print a link that signs somebody in to the web console. It counts once, for 10 minutes; the session that it begins lasts 12 hours. Whoever can reach NATS can make one: NATS_URL names it, else it is the one in STELE_DATA. No node is asked.',
    )
    .option('--actor <name>', 'who stands in the log for what is done; default: you')
    .option('--role <role...>', `only in these roles, of ${roles.join(', ')}; default: every role`)
    .option(
      '--team <team...>',
      'only of these teams, whose things an owner may change; default: every team',
    )
    .addOption(nodeOption('where the console is; default: this machine, at PORT'))
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele console\n  $ stele console --actor ada --role ${role}\n  $ stele console --server https://stele.example\n\nWhat follows the # in the link is for the browser alone: it is sent to no server as a part of the\naddress. Who has an API key or a token can also paste that into the console.\n`,
    )
    .action(async (flags: ConsoleFlags) => {
      const { runConsole } = await import('./run-console.js'); // loaded when it is needed
      done(await runConsole(composition, flags));
    });
};
