import { Command } from 'commander';
import { z } from 'zod';
import { address } from '../client/address.js';
import { follow } from '../client/follow.js';
import { Unreachable } from '../client/unreachable.js';
import type { Aggregate } from '../core/aggregate.js';
import { registry } from '../core/registry.js';
import type { Composition } from './composition.js';
import { connect } from './connect.js';
import { EXIT, Stop } from './exit.js';
import { type Io, type Paint, paintFor, write } from './io.js';
import { keyOption, type ServerFlags, serverOption } from './server-option.js';
import { clipped, table } from './table.js';

const WHY_MAX = 60;
/** So often a stream is opened again that brings nothing: two or three minutes. */
const RETRIES_IN_A_ROW = 40;

const Event = z.looseObject({
  event_type: z.string(),
  event_timestamp: z.string(),
  aggregate_type: z.string(),
  aggregate_id: z.string(),
  aggregate_version: z.number(),
  actor: z.string(),
  source: z.string(),
  business_justification: z.string().nullish(),
  effective_at: z.string().nullish(),
  data: z.unknown(),
});
type Event = z.output<typeof Event>;
const Page = z.object({ events: z.array(Event), next: z.string().nullish() });

type ShowOptions = ServerFlags & {
  readonly json?: boolean;
  readonly fromVersion?: number;
};
type TailFlags = ServerFlags & {
  readonly json?: boolean;
  readonly type?: readonly string[];
  readonly id?: string;
  readonly event?: readonly string[];
  readonly actor?: string;
  readonly source?: string;
  readonly correlation?: string;
  readonly critical?: boolean;
  readonly from?: string;
};

/** Why it was done, as far as the event says, else what it carries. */
const why = ({ business_justification, effective_at }: Event): string =>
  [business_justification ?? '', effective_at ? `(true since ${effective_at.slice(0, 10)})` : '']
    .filter(Boolean)
    .join(' ');

const rowOf = (event: Event, paint: Paint): readonly string[] => [
  String(event.aggregate_version),
  event.event_timestamp,
  paint('cyan', event.event_type),
  event.actor,
  clipped(why(event), WHY_MAX),
];

/** The history of one aggregate as a table. */
export const historyTable = (events: readonly Event[], paint: Paint): string =>
  table(
    ['VERSION', 'TIME', 'EVENT', 'ACTOR', 'WHY'],
    events.map((event) => rowOf(event, paint)),
  );

/** One event of a live stream as a line. */
export const eventLine = (event: Event, paint: Paint): string =>
  [
    paint('dim', event.event_timestamp),
    paint('cyan', event.event_type),
    `${event.aggregate_type} ${paint('bold', event.aggregate_id)} v${event.aggregate_version}`,
    `by ${event.actor}`,
    paint('dim', clipped(why(event) || JSON.stringify(event.data), WHY_MAX)),
  ].join('  ');

const definitionNamed = (definitions: readonly Aggregate[], name: string): Aggregate => {
  const found = registry(definitions).aggregate(name);
  if (found) return found;
  const names = definitions.map(({ slug }) => slug).join(', ');
  throw new Stop(`there is no aggregate type "${name}"; there are ${names}`, EXIT.notFound);
};

const show = async (
  definition: Aggregate,
  id: string,
  { json, fromVersion = 1, ...flags }: ShowOptions,
  io: Io,
): Promise<void> => {
  const transport = connect(flags, io);
  const paint = paintFor(io.stdout, io.env);
  const all: Event[] = [];
  const { plural } = definition;
  let path: string | undefined =
    `/${plural}/${encodeURIComponent(id)}/events?from_version=${fromVersion}`;
  while (path !== undefined) {
    const page: z.output<typeof Page> = Page.parse(await transport.json({ path }));
    if (json) for (const event of page.events) write(io.stdout, JSON.stringify(event));
    else all.push(...page.events);
    path = page.next ?? undefined;
  }
  if (!json) write(io.stdout, historyTable(all, paint));
};

/** Path and query of the stream that was asked for. */
export const streamPath = (flags: Omit<TailFlags, 'server' | 'key'>): string => {
  const { type, id, event, actor, source, correlation, critical, from } = flags;
  return address('/events/stream', {
    aggregate_type: type,
    aggregate_id: id,
    event_type: event,
    actor,
    source,
    correlation_id: correlation,
    critical: critical || undefined,
    from,
  });
};

const tail = async (flags: TailFlags, io: Io): Promise<void> => {
  const paint = paintFor(io.stdout, io.env);
  const transport = connect(flags, io);
  let position: string | undefined;
  const events = follow<unknown>(transport, {
    path: streamPath(flags),
    retries: RETRIES_IN_A_ROW,
    onPosition: (at) => {
      position = at;
    },
    onLost: (why, failures) => {
      if (failures === 0) write(io.stderr, `connection lost (${why}); trying to go on …`);
    },
  });
  try {
    for await (const event of events)
      write(io.stdout, flags.json ? JSON.stringify(event) : eventLine(Event.parse(event), paint));
  } catch (error) {
    if (position === undefined || !(error instanceof Unreachable)) throw error;
    const { url, reason } = error;
    throw new Stop(`${url} brings no more events (${reason}); go on with --from ${position}`);
  }
};

const version = (given: string): number => {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new Stop(`--from-version: "${given}" is not a version (1, 2, 3 …)`, EXIT.usage);
};

/** `stele events show`, `stele events tail` */
export const eventsCommand = ({ definitions, io }: Composition): Command => {
  const [{ slug, events: known }] = definitions;
  const [event = 'Event'] = Object.keys(known);
  const events = new Command('events')
    .summary('read what happened')
    .description('Read what happened: to one aggregate, or everything as it happens.');
  events
    .command('show')
    .summary('the history of one aggregate')
    .description('The events of one aggregate, from the first on.')
    .argument('<type>', `such as ${slug}`)
    .argument('<id>', 'the aggregate')
    .option('--from-version <n>', 'the first version to show', version)
    .addOption(serverOption())
    .addOption(keyOption())
    .option('--json', 'one event per line, whole')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele events show ${slug} 3f0c2a9e\n  $ stele events show ${slug} 3f0c2a9e --json | jq .data\n`,
    )
    .action((type: string, id: string, options: ShowOptions) =>
      show(definitionNamed(definitions, type), id, options, io),
    );
  events
    .command('tail')
    .summary('events as they happen')
    .description(
      'Events as they happen. When the connection breaks it goes on after the last one seen.',
    )
    .option('--type <type...>', 'only of these aggregate types')
    .option('--id <id>', 'only of this aggregate')
    .option('--event <event...>', 'only these event types')
    .option('--actor <actor>', 'only what this actor did')
    .option('--source <source>', 'only what came this way, such as api or import')
    .option('--correlation <id>', 'only what belongs together by this correlation id')
    .option('--critical', 'only what raises an audit alert')
    .option('--from <where>', '"start", or positions such as an answer names; default: from now on')
    .addOption(serverOption())
    .addOption(keyOption())
    .option('--json', 'one event per line, whole')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele events tail\n  $ stele events tail --type ${slug} --event ${event} --from start --json\n  $ stele events tail --critical --from ${slug}:42\n`,
    )
    .action((flags: TailFlags) => tail(flags, io));
  return events;
};
