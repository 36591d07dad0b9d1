import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { z } from 'zod';
import { SteleProblem } from '../client/stele-problem.js';
import { RETRIES } from '../client/transport.js';
import { UUID_V4 } from '../core/ids.js';
import { connect } from './connect.js';
import { EXIT, Stop } from './exit.js';
import { type Io, type Paint, paintFor, write } from './io.js';
import type { Sample } from './sample.js';
import { keyOption, type ServerFlags, serverOption } from './server-option.js';
import { exitOf } from './stop-of.js';
import { userName } from './user-name.js';

const Accepted = z.object({
  command_id: z.string(),
  aggregate_type: z.string(),
  aggregate_id: z.string(),
  aggregate_version: z.number(),
  position: z.string().nullable(),
  replayed: z.boolean().default(false),
  dry_run: z.boolean().optional(),
  events: z.array(
    z.object({ event_type: z.string(), aggregate_version: z.number(), data: z.unknown() }),
  ),
  events_left_out: z.number().optional(),
});
type Accepted = z.output<typeof Accepted>;

export type SendOptions = ServerFlags & {
  readonly data?: string;
  readonly actor?: string;
  readonly actorType?: string;
  readonly justification?: string;
  readonly approval?: string;
  readonly expectVersion?: number;
  readonly dryRun?: boolean;
  readonly commandId?: string;
  readonly correlation?: string;
  readonly json?: boolean;
};

/** The data of a command from `--data`: JSON as it stands, `@file`, or `-` for standard input. */
export const readData = async (given: string, io: Pick<Io, 'stdin'>): Promise<unknown> => {
  let json = given;
  if (given === '-') json = await text(io.stdin);
  else if (given.startsWith('@'))
    try {
      json = readFileSync(given.slice(1), 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Stop(`--data: ${given.slice(1)} cannot be read (${code})`, EXIT.usage);
    }
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new Stop(`--data: this is not JSON: ${(error as Error).message}`, EXIT.usage);
  }
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
  throw new Stop('--data: expected a JSON object, such as {"name":"Payments"}', EXIT.usage);
};

type Target = { readonly type: string; readonly id?: string; readonly command: string };

/** The command envelope of requirement 000 §4. */
export const envelopeOf = (
  { type, id, command }: Target,
  data: unknown,
  options: SendOptions & { readonly commandId: string },
): Record<string, unknown> => {
  const { justification, approval, expectVersion, correlation } = options;
  return {
    command_id: options.commandId,
    command_type: command,
    aggregate_type: type,
    ...(id !== undefined && { aggregate_id: id }),
    ...(correlation !== undefined && { correlation_id: correlation }),
    ...(options.actor !== undefined && {
      actor: options.actor,
      actor_type: options.actorType ?? 'user',
    }),
    source: 'api',
    command_timestamp: new Date().toISOString(),
    ...(expectVersion !== undefined && { expected_version: expectVersion }),
    ...(options.dryRun && { dry_run: true }),
    data,
    metadata: {
      ...(justification !== undefined && { business_justification: justification }),
      ...(approval !== undefined && { approval_id: approval }),
    },
  };
};

/** What became of a command, for people. */
export const acceptedText = (accepted: Accepted, paint: Paint): string => {
  const { aggregate_type, aggregate_id, aggregate_version, events, position, events_left_out } =
    accepted;
  const headline = accepted.dry_run
    ? paint('yellow', 'would be accepted, nothing was written')
    : accepted.replayed
      ? paint('yellow', 'was accepted before, this is its first answer')
      : paint('green', 'accepted');
  return [
    `${aggregate_type} ${paint('bold', aggregate_id)}  ${headline}`,
    ...events.map(
      (event) =>
        `  ${event.aggregate_version}  ${paint('cyan', event.event_type)}  ${JSON.stringify(event.data)}`,
    ),
    ...(events_left_out === undefined
      ? []
      : [`  ${events_left_out} events, too large for the answer: stele events tells them`]),
    `  version ${aggregate_version}${position === null ? '' : `, position ${position}`}`,
  ].join('\n');
};

const commandId = (given: string): string => {
  if (UUID_V4.test(given)) return given;
  throw new Stop(`--command-id: "${given}" is not a UUID version 4`, EXIT.usage);
};

const version = (given: string): number => {
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new Stop(`--expect-version: "${given}" is not a version (0, 1, 2 …)`, EXIT.usage);
};

const send = async (target: Target, options: SendOptions, io: Io): Promise<number> => {
  const data = await readData(options.data ?? '{}', io);
  const id = options.commandId ?? randomUUID();
  write(io.stderr, `command id ${id}`);
  const transport = connect(options, io);
  // With a key the server knows who asks.
  const { actor = transport.isKnown ? undefined : userName() } = options;
  const who = actor === undefined ? {} : { actor };
  const answer = await transport
    .json({
      method: 'POST',
      path: '/commands',
      body: envelopeOf(target, data, { ...options, ...who, commandId: id }),
      retries: RETRIES,
      onRetry: (why) =>
        write(io.stderr, `no yes or no yet (${why}); trying again with the same command id`),
    })
    .catch((error: unknown) => {
      if (!options.json || !(error instanceof SteleProblem) || error.status === 0) throw error;
      write(io.stdout, JSON.stringify(error.body));
      return exitOf(error.status);
    });
  if (typeof answer === 'number') return answer;
  if (options.json) write(io.stdout, JSON.stringify(answer));
  else write(io.stdout, acceptedText(Accepted.parse(answer), paintFor(io.stdout, io.env)));
  return EXIT.ok;
};

const help = ({ type, create, createData, change, changeData }: Sample): string => `
The command id is printed first: give it as --command-id to try again without any risk of
doing it twice.

Examples:
  $ stele send ${type} ${create} --data '${createData}'
  $ stele send ${type} 3f0c2a9e ${change} --data '${changeData}' \\
      --justification "Why this is done" --expect-version 4
  $ stele send ${type} ${create} --data @new.json --dry-run
`;

/** `stele send` */
export const sendCommand = (sample: Sample, io: Io, done: (exit: number) => void): Command =>
  new Command('send')
    .summary('send one command')
    .description('Send one command and show what became of it.')
    .usage('<aggregate-type> [id] <Command> [options]')
    .argument('<aggregate-type>', `such as ${sample.type}`)
    .argument('<id-or-command>', 'the aggregate; left out, the server names a new one')
    .argument('[command]', `such as ${sample.change}`)
    .option('-d, --data <json>', 'data of the command: JSON, @file, or - for standard input')
    .option(
      '--actor <id>',
      'who does it; default: whom the key is for, without a key the user of this machine',
    )
    .option('--actor-type <type>', 'user, service or system; goes with --actor')
    .option('-j, --justification <text>', 'why: needed for sensitive commands')
    .option('--approval <id>', 'the approval that allows it')
    .option('--expect-version <n>', 'refuse when the aggregate is at another version', version)
    .option('--dry-run', 'decide, and write nothing')
    .option('--command-id <uuid>', 'the id of an earlier attempt', commandId)
    .option('--correlation <id>', 'what it belongs to')
    .addOption(serverOption())
    .addOption(keyOption())
    .option('--json', 'print the answer as it came')
    .addHelpText('after', help(sample))
    .action(async (type: string, second: string, third: string | undefined, options: SendOptions) =>
      done(
        await send(
          third === undefined ? { type, command: second } : { type, id: second, command: third },
          options,
          io,
        ),
      ),
    );
