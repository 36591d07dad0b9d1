import { writeFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import type { Aggregate } from '../core/aggregate.js';
import { arrows } from '../core/chart.js';
import { drawMachine, FORMATS, type Format } from '../core/picture/index.js';
import { registry } from '../core/registry.js';
import { EXIT, Stop } from './exit.js';
import { type Io, write } from './io.js';
import { table } from './table.js';

type ShowOptions = { readonly format: Format; readonly out?: string };

const listing = (definitions: readonly Aggregate[]) =>
  definitions.map(({ name, slug, summary, chart, commands, events }) => ({
    name,
    slug,
    summary,
    statuses: Object.keys(chart.states).length,
    arrows: arrows(chart).length,
    commands: Object.keys(commands).length,
    events: Object.keys(events).length,
  }));

const list = (definitions: readonly Aggregate[], io: Io, json: boolean): void => {
  const all = listing(definitions);
  if (json) {
    write(io.stdout, JSON.stringify(all));
    return;
  }
  const rows = all.map((one) => [
    one.slug,
    ...[one.statuses, one.arrows, one.commands, one.events].map(String),
    one.summary,
  ]);
  write(io.stdout, table(['NAME', 'STATUSES', 'ARROWS', 'COMMANDS', 'EVENTS', 'WHAT IT IS'], rows));
};

const show = (
  definitions: readonly Aggregate[],
  name: string,
  { format, out }: ShowOptions,
  io: Io,
): void => {
  const definition = registry(definitions).aggregate(name);
  if (!definition)
    throw new Stop(
      `there is no machine "${name}"; there are ${definitions.map(({ slug }) => slug).join(', ')}`,
      EXIT.notFound,
    );
  const picture = drawMachine(definition, format);
  if (out === undefined) {
    write(io.stdout, picture);
    return;
  }
  try {
    writeFileSync(out, picture);
  } catch (error) {
    throw new Stop(`--out: ${out} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  write(io.stderr, `${definition.name} drawn as ${format} into ${out}`);
};

/** `stele machine list`, `stele machine show` */
export const machineCommand = (definitions: readonly Aggregate[], io: Io): Command => {
  const name = definitions[0]?.slug ?? 'machine';
  const machine = new Command('machine')
    .summary('draw the lifecycles')
    .description('The lifecycles, drawn from the definitions; no server is needed.');
  machine
    .command('list')
    .summary('all lifecycles')
    .description('All lifecycles and how large they are.')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  $ stele machine list\n')
    .action(({ json = false }: { json?: boolean }) => list(definitions, io, json));
  machine
    .command('show')
    .summary('one lifecycle as a picture or text')
    .description('One lifecycle as SVG, Mermaid, Graphviz DOT or JSON.')
    .addArgument(new Argument('<name>', `such as ${name}`))
    .addOption(new Option('-f, --format <format>', 'form').choices(FORMATS).default('mermaid'))
    .option('-o, --out <file>', 'write it there instead of printing it')
    .addHelpText(
      'after',
      `\nExamples:\n  $ stele machine show ${name} --format svg --out ${name}.svg\n  $ stele machine show ${name} --format dot | dot -Tpng > ${name}.png\n`,
    )
    .action((name: string, options: ShowOptions) => show(definitions, name, options, io));
  return machine;
};
