import type { Referenced, State } from '../core/aggregate.js';
import { presence } from '../core/chart.js';
import type { Command } from '../core/command.js';
import { type ReferenceSpec, typeOf } from '../core/message.js';
import type { Refusal } from '../core/refusal.js';
import type { Lookups } from './turn.js';

const NOTHING: Lookups = { references: {}, boundaries: {} };

type Looking = {
  /** What commands are decided on. */
  readonly state: State;
  readonly boundaries: Lookups['boundaries'] | undefined;
  readonly now: () => string;
  readonly peek: (type: string, id: string) => Promise<Referenced<unknown> | null>;
  readonly unapproved: (command: Command, now: string) => Promise<Refusal | undefined>;
};
type Fields = Command['data'];

const peekAll = async (
  specs: Readonly<Record<string, ReferenceSpec>>,
  data: Fields,
  peek: Looking['peek'],
): Promise<Record<string, Referenced<unknown> | null>> => {
  const found = Object.entries(specs).map(async ([name, reference]) => {
    const id = data[reference.by];
    const of = typeOf(reference, data);
    const other = typeof id === 'string' && of !== undefined ? await peek(of, id) : null;
    return [name, other && { ...other, data: reference.view.parse(other.data) }] as const;
  });
  return Object.fromEntries(await Promise.all(found));
};

/** What the decision about a command needs to know of others. */
const lookUpOne = async (command: Command, looking: Looking): Promise<Lookups> => {
  const { spec, data, teams, definition } = command;
  const { state, boundaries, peek } = looking;
  const lookups = boundaries ? { references: {}, boundaries } : NOTHING;
  if (!spec.references && !spec.approval && teams === null) return lookups;
  // Who owns it, the aggregate says; and before it exists, the command.
  const known = presence(definition.chart, state.status) === 'absent' ? data : state.data;
  return {
    ...lookups,
    ...(spec.references && { references: await peekAll(spec.references, data, peek) }),
    ...(teams && { owners: await peekAll(definition.ownership?.references ?? {}, known, peek) }),
    ...(spec.approval && { unapproved: await looking.unapproved(command, looking.now()) }),
  };
};

/** The same for several commands, in their order. */
export const lookUp = (
  commands: readonly Command[],
  looking: Looking,
): Promise<readonly Lookups[]> =>
  Promise.all(commands.map((command) => lookUpOne(command, looking)));
