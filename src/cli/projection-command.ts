import { Command } from 'commander';
import { connect } from './connect.js';
import { EXIT, Stop } from './exit.js';
import { type Io, paintFor, write } from './io.js';
import { Comparison, Drained, Parked, ProjectionStatus } from './projection-status.js';
import { Projections } from './projections.js';
import { keyOption, type ServerFlags, serverOption } from './server-option.js';
import { comparisonText, parkedTable, statusTable, statusText } from './status-text.js';
import { count } from './table.js';
import { watchBuild, watchVerify } from './watch-build.js';

type Flags = ServerFlags & { readonly json?: boolean };
type RebuildFlags = Flags & { readonly wait: boolean; readonly switch: boolean };
type RetryFlags = Flags & { readonly all?: boolean };
type DiscardFlags = Flags & {
  readonly reason: string;
  readonly sequence?: string;
  readonly actor?: string;
};
type Done = (exit: number) => void;

/** One call of a command: whom it asks and where it writes. */
class Session {
  readonly projections: Projections;
  constructor(
    readonly io: Io,
    readonly flags: Flags,
  ) {
    this.projections = new Projections(connect(flags, io));
  }

  get paint() {
    return paintFor(this.io.stdout, this.io.env);
  }

  /** Data for programs as it came, else the text for people. */
  show(body: unknown, text: () => string): void {
    write(this.io.stdout, this.flags.json ? JSON.stringify(body) : text());
  }
}

const showStatus = (session: Session, body: unknown): void => {
  const one = ProjectionStatus.parse(body);
  session.show(body, () => statusText(one, session.paint));
};

const operate =
  (operation: string) =>
  async (session: Session, name: string): Promise<void> => {
    await session.projections.one(name);
    showStatus(session, await session.projections.do(name, operation));
  };

const rebuild = async (session: Session, name: string, flags: RebuildFlags): Promise<void> => {
  const { projections, io } = session;
  await projections.one(name);
  const started = ProjectionStatus.parse(
    await projections.do(name, 'rebuild', { switch_when_ready: flags.switch }),
  );
  if (!flags.wait) return showStatus(session, started);
  const built = await watchBuild(projections, started, io);
  showStatus(session, built);
};

const compared = (
  session: Session,
  found: Comparison,
  sides: { readonly first: string; readonly second: string },
): number => {
  session.show(found, () => comparisonText(found, sides, session.paint));
  return found.equal ? EXIT.ok : EXIT.failed;
};

const compare = async (session: Session, name: string): Promise<number> => {
  const { build } = await session.projections.one(name);
  const found = Comparison.parse(await session.projections.do(name, 'compare'));
  return compared(session, found, { first: 'live', second: build ? 'built' : 'previous' });
};

const verify = async (session: Session, name: string): Promise<number> => {
  await session.projections.one(name);
  const found = await watchVerify(session.projections, name, session.io);
  return compared(session, found, { first: 'live', second: 'computed' });
};

const parked = async (session: Session, name: string): Promise<void> => {
  await session.projections.one(name);
  const body = await session.projections.get(name, 'parked');
  const { parked: all } = Parked.parse(body);
  session.show(body, () =>
    all.length === 0 ? `nothing is parked in ${name}` : parkedTable(all, session.paint),
  );
};

const drained = (session: Session, body: unknown): number => {
  const { drained: applied, still_parked: left } = Drained.parse(body);
  session.show(body, () =>
    left === 0
      ? session.paint('green', `✓ ${count(applied, 'event')} applied, nothing is parked`)
      : `${count(applied, 'event')} applied, ${session.paint('red', `${count(left, 'aggregate')} still parked`)}`,
  );
  return left === 0 ? EXIT.ok : EXIT.failed;
};

type Which = { readonly type: string | undefined; readonly id: string | undefined };

const retry = async (
  session: Session,
  name: string,
  { type, id, all = false }: Which & { readonly all?: boolean | undefined },
): Promise<number> => {
  if ((id === undefined) === !all || (type === undefined) === !all)
    throw new Stop('write <type> <id>, or --all', EXIT.usage);
  await session.projections.one(name);
  const path = all ? 'parked/retry' : `parked/${part(type!)}/${part(id!)}/retry`;
  return drained(session, await session.projections.do(name, path));
};

const part = (text: string): string => encodeURIComponent(text);

const discard = async (
  session: Session,
  name: string,
  { type, id, ...flags }: { readonly type: string; readonly id: string } & DiscardFlags,
): Promise<number> => {
  if (flags.reason.trim() === '')
    throw new Stop('--reason: say why this event is left out', EXIT.usage);
  await session.projections.one(name);
  const path = `parked/${part(type)}/${part(id)}/discard`;
  return drained(
    session,
    await session.projections.do(
      name,
      path,
      { reason: flags.reason, ...(flags.sequence && { sequence: Number(flags.sequence) }) },
      flags.actor,
    ),
  );
};

type Spec = { readonly summary: string; readonly description: string; readonly example: string };

/** What is said and offered alike of every command on one projection. */
const onOne = (parent: Command, name: string, { summary, description, example }: Spec): Command =>
  parent
    .command(name)
    .summary(summary)
    .description(description)
    .argument('<name>', 'the projection')
    .addOption(serverOption())
    .addOption(keyOption())
    .option('--json', 'the answer as JSON')
    .addHelpText('after', `\nExample:\n  $ ${example}\n`);

const readCommands = (parent: Command, io: Io): void => {
  parent
    .command('list')
    .summary('all projections')
    .description('All projections: their state, how far they are behind, what waits.')
    .addOption(serverOption())
    .addOption(keyOption())
    .option('--json', 'the answer as JSON')
    .addHelpText('after', '\nExample:\n  $ stele projection list\n')
    .action(async (flags: Flags) => {
      const session = new Session(io, flags);
      const all = await session.projections.all();
      session.show({ projections: all }, () => statusTable(all, session.paint));
    });
  onOne(parent, 'status', {
    summary: 'one projection in full',
    description: 'One projection: where it stands in each stream, its build, what to do next.',
    example: 'stele projection status audit-log',
  }).action(async (name: string, flags: Flags) => {
    const session = new Session(io, flags);
    showStatus(session, await session.projections.one(name));
  });
};

const switchCommands = (parent: Command, io: Io): void => {
  const simple = (name: string, spec: Spec): void => {
    const run = operate(name === 'cancel' ? 'cancel-build' : name);
    onOne(parent, name, spec).action((one: string, flags: Flags) =>
      run(new Session(io, flags), one),
    );
  };
  simple('stop', {
    summary: 'take no more events',
    description:
      'Take no more events, until `start`, on all nodes and over restarts. Queries go on and say\nwhich position they show.',
    example: 'stele projection stop audit-log',
  });
  simple('start', {
    summary: 'take events again',
    description: 'Take events again, from where it stopped.',
    example: 'stele projection start audit-log',
  });
  onOne(parent, 'rebuild', {
    summary: 'build it anew, without downtime',
    description:
      'Build the documents anew from the whole log, beside the live ones, which are served\nmeanwhile. Ctrl-C ends the waiting, not the build.',
    example:
      'stele projection rebuild audit-log\n  $ stele projection rebuild audit-log --no-switch',
  })
    .option('--wait', 'show how far it is until it is done', true)
    .option('--no-wait', 'return at once')
    .option('--no-switch', 'only build: `compare` and `switch` by hand')
    .action((name: string, flags: RebuildFlags) => rebuild(new Session(io, flags), name, flags));
  simple('cancel', {
    summary: 'give up a build',
    description: 'Give up the build that is under way and remove it. The live documents stay.',
    example: 'stele projection cancel audit-log',
  });
  simple('switch', {
    summary: 'make the build live',
    description:
      'Make the documents that were built live. What was live stays as the previous ones, and\n`switch-back` returns to it.',
    example: 'stele projection switch audit-log',
  });
  simple('switch-back', {
    summary: 'make the previous documents live',
    description: 'Make the previous documents live again; they catch up first.',
    example: 'stele projection switch-back audit-log',
  });
};

const checkCommands = (parent: Command, io: Io, done: Done): void => {
  onOne(parent, 'compare', {
    summary: 'live against built documents',
    description:
      'Compare the live documents with the ones being built, else with the previous ones, at the\nsame position. Exit code 1 when they differ.',
    example: 'stele projection compare audit-log',
  }).action(async (name: string, flags: Flags) =>
    done(await compare(new Session(io, flags), name)),
  );
  onOne(parent, 'verify', {
    summary: 'prove the documents against the log',
    description:
      'Compute the documents anew from the log, in memory, and compare them with the live ones.\nExit code 1 when they differ.',
    example: 'stele projection verify audit-log --json',
  }).action(async (name: string, flags: Flags) => done(await verify(new Session(io, flags), name)));
};

const parkedCommands = (parent: Command, io: Io, done: Done): void => {
  onOne(parent, 'parked', {
    summary: 'aggregates whose events wait',
    description: 'Aggregates whose events wait because one of them failed, and why.',
    example: 'stele projection parked audit-log',
  }).action((name: string, flags: Flags) => parked(new Session(io, flags), name));
  onOne(parent, 'retry', {
    summary: 'try parked events again',
    description:
      'Try the events of one parked aggregate, or of all, again, in their order. Exit code 1 when\nsome still fail.',
    example:
      'stele projection retry audit-log invoice 3f0c2a9e\n  $ stele projection retry audit-log --all',
  })
    .argument('[type]', 'the aggregate type')
    .argument('[id]', 'the aggregate')
    .option('--all', 'all that are parked')
    .action(async (name: string, type: string, id: string, { all, ...flags }: RetryFlags) =>
      done(await retry(new Session(io, flags), name, { type, id, all })),
    );
  onOne(parent, 'discard', {
    summary: 'leave a failing event out',
    description:
      'Leave the event that failed out of this projection, for good, and go on with the ones after\nit. The event stays in the log; who discarded it and why is kept.',
    example:
      'stele projection discard audit-log invoice 3f0c2a9e --reason "written by a faulty import, INC-7"',
  })
    .argument('<type>', 'the aggregate type')
    .argument('<id>', 'the aggregate')
    .requiredOption('--reason <text>', 'why it is left out')
    .option('--sequence <n>', 'the event that was seen to fail: no other one is left out')
    .option('--actor <id>', 'who does it; default: the user of this machine')
    .action(async (name: string, type: string, id: string, flags: DiscardFlags) =>
      done(await discard(new Session(io, flags), name, { type, id, ...flags })),
    );
};

/** `stele projection …`: the read side of a running server. */
export const projectionCommand = (io: Io, done: Done): Command => {
  const parent = new Command('projection')
    .summary('look after the read side')
    .description('Look after the projections of a running Stele: what queries read.');
  readCommands(parent, io);
  switchCommands(parent, io);
  checkCommands(parent, io, done);
  parkedCommands(parent, io, done);
  return parent;
};
