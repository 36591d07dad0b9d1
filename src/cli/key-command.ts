import { Command, Option } from 'commander';
import type { Composition } from './composition.js';
import type { CreateFlags, KeyFlags, RotateFlags } from './run-key.js';

const list = (given: string): string[] =>
  given
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

const LATER = `A running node knows within a second; it need not be stopped. The keys are in NATS: NATS_URL names it,
else it is the one in STELE_DATA.`;

/** `stele key create`, `list`, `rotate`, `revoke` */
export const keyCommand = (composition: Composition, done: (exit: number) => void): Command => {
  const roles = Object.keys(composition.roles ?? {});
  const [role = 'viewer'] = roles;
  const load = () => import('./run-key.js'); // loaded when it is needed
  const key = new Command('key')
    .summary('make, list, rotate and revoke API keys')
    .description(
      'API keys, which people and programs send as X-Api-Key. Only a hash of each is kept: a key is\nshown once, when it is made.',
    );
  key
    .command('create')
    .summary('make a key and show it once')
    .description(`Make a key and show it once, on standard output.\n${LATER}`)
    .requiredOption('--actor <id>', 'who stands in the log for what is done with it')
    .option(
      '--subject <person>',
      'whose key it is, as tokens name them; nobody approves what the same person asked for; default: the actor',
    )
    .requiredOption('--roles <roles>', `roles, separated by commas: ${roles.join(', ')}`, list)
    .option(
      '--teams <teams>',
      'teams, separated by commas, whose things an owner may change; "*" = every team',
      list,
    )
    .option('--expires <when>', 'such as 12h, 90d, 1y, or a date; default: never')
    .addOption(
      new Option('--type <type>', 'what the actor is')
        .choices(['user', 'service', 'system'])
        .default('user'),
    )
    .option('--json', 'the key and what is kept of it, as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele key create --actor ada --roles ${role}\n  $ STELE_KEY=$(stele key create --actor nightly --type service --roles ${role} --expires 90d)\n`,
    )
    .action(async (flags: CreateFlags) => done(await (await load()).createKey(composition, flags)));
  key
    .command('list')
    .summary('all keys, without their secrets')
    .description('All keys: whom each is for, what it may do, and whether it still counts.')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ stele key list\n')
    .action(async (flags: KeyFlags) => done(await (await load()).listKeys(composition, flags)));
  key
    .command('rotate')
    .summary('a new secret for a key')
    .description(
      `Give a key a new secret, shown once; id, actor and roles stay. The old secret counts no more, unless --overlap lets it for a while.\n${LATER}`,
    )
    .argument('<id>', 'the key: what stands between stele_ and the secret')
    .option('--overlap <duration>', 'how long the old secret still counts, such as 1h', '0h')
    .option('--json', 'the key and what is kept of it, as JSON')
    .addHelpText('after', '\nExample:\n  $ stele key rotate 5f0c2a9e41d7 --overlap 1h\n')
    .action(async (id: string, flags: RotateFlags) =>
      done(await (await load()).rotateKey(composition, id, flags)),
    );
  key
    .command('revoke')
    .summary('a key counts no more')
    .description(
      `A key counts no more, for good; event streams opened with it end. It stays in the list.\n${LATER}`,
    )
    .argument('<id>', 'the key: what stands between stele_ and the secret')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ stele key revoke 5f0c2a9e41d7\n')
    .action(async (id: string, flags: KeyFlags) =>
      done(await (await load()).revokeKey(composition, id, flags)),
    );
  return key;
};
