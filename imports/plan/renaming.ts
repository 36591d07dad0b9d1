import { sha256 } from '../../src/core/canonical.js';
import type { Chain, Landscape, PlannedCommand } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import type { Fields } from '../model.js';
import { normalized } from './place-of.js';

/** What renames, and the field that is the name: of what may not have the name of another. */
const FIELDS: Readonly<Record<string, 'name' | 'hostname'>> = {
  RenameApplication: 'name',
  RenameCapability: 'name',
  RenameOrganization: 'name',
  RenameHost: 'hostname',
};
const ON_THE_WAY = 'renaming-';
const DIGEST_CHARS = 12;

/** Whether a command gives a name that somebody else could have. */
export const renames = ({ command_type }: Pick<PlannedCommand, 'command_type'>): boolean =>
  command_type in FIELDS;

/** Whether a name is only what something is called until another gives its name away. */
export const isOnTheWay = (name: unknown): boolean =>
  typeof name === 'string' && name.startsWith(ON_THE_WAY);

type Renaming = {
  readonly command: PlannedCommand;
  readonly field: 'name' | 'hostname';
  readonly from: string;
  readonly to: string;
};

const placeOf = ({ aggregate_type }: PlannedCommand, { parent_id }: Fields, name: unknown) =>
  `${aggregate_type}/${String(parent_id ?? '')}/${normalized(String(name))}`;

/**
 * Renames in an order in which each finds its name free. Where names go round, as when two are
 * swapped, one is called something else for a moment.
 */
export const inFreeOrder = async (
  commands: readonly PlannedCommand[],
  landscape: Pick<Landscape, 'state'>,
): Promise<Chain> => {
  const waiting: Renaming[] = [];
  const turn = turns();
  for (const command of commands) {
    await turn();
    const field = FIELDS[command.command_type]!;
    const { data } = await landscape.state(command.aggregate_type, command.aggregate_id);
    const [from, to] = [data[field], command.data[field]].map((name) =>
      placeOf(command, data, name),
    );
    waiting.push({ command, field, from: from!, to: to! });
  }
  const ordered: PlannedCommand[] = [];
  const held = new Set(waiting.map(({ from }) => from));
  /** Who waits for a name to become free. */
  const wanting = new Map<string, Renaming[]>();
  for (const one of waiting) {
    const known = wanting.get(one.to);
    if (known) known.push(one);
    else wanting.set(one.to, [one]);
  }
  const ready = waiting.filter(({ from, to }) => from === to || !held.has(to));
  const done = new Set<Renaming>();
  const leave = ({ from }: Renaming): void => {
    held.delete(from);
    for (const one of wanting.get(from) ?? []) ready.push(one);
  };
  let looked = 0;
  const renameReady = (): void => {
    for (; looked < ready.length; looked++) {
      const next = ready[looked]!;
      if (done.has(next)) continue;
      done.add(next);
      ordered.push(next.command);
      leave(next);
    }
  };
  renameReady();
  for (const one of waiting) {
    if (done.has(one)) continue;
    ordered.push(outOfTheWay(one));
    leave(one);
    renameReady();
  }
  return ordered;
};

const outOfTheWay = ({ command, field }: Renaming): PlannedCommand => {
  const name = `${ON_THE_WAY}${sha256(command.aggregate_id).slice(0, DIGEST_CHARS)}`;
  return { ...command, data: { ...command.data, [field]: name } };
};
