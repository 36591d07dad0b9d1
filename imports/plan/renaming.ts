import { sha256 } from '../../src/core/canonical.js';
import type { Chain, Landscape, PlannedCommand } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import type { Fields } from '../model.js';
import { normalized } from './place-of.js';

type Named = {
  readonly field: 'name' | 'hostname';
  /** It names a part, which must not have the name of another of the same whole. */
  readonly part?: { readonly within: string; readonly id: string };
};

/** What renames, and the field that is the name: of what may not have the name of another. */
const NAMES: Readonly<Record<string, Named>> = {
  RenameApplication: { field: 'name' },
  RenameCapability: { field: 'name' },
  RenameOrganization: { field: 'name' },
  RenameHost: { field: 'hostname' },
  RenameService: { field: 'name', part: { within: 'services', id: 'service_id' } },
  RenameInterface: { field: 'name', part: { within: 'interfaces', id: 'interface_id' } },
};
const ON_THE_WAY = 'renaming-';
const DIGEST_CHARS = 12;

/** Whether a command gives a name that somebody else could have. */
export const renames = ({ command_type }: Pick<PlannedCommand, 'command_type'>): boolean =>
  command_type in NAMES;

/** Whether a name is only what something is called until another gives its name away. */
export const isOnTheWay = (name: unknown): boolean =>
  typeof name === 'string' && name.startsWith(ON_THE_WAY);

type Renaming = {
  readonly command: PlannedCommand;
  readonly field: 'name' | 'hostname';
  /** Whose name it is: tells it from all others. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
};

/** What a command renames, where its name must be its own, and whose name that is. */
const renamedBy = (
  { aggregate_type, aggregate_id, command_type, data }: PlannedCommand,
  whole: Fields,
): { readonly is: Fields; readonly among: string; readonly of: string } => {
  const { part } = NAMES[command_type]!;
  if (!part)
    return {
      is: whole,
      among: `${aggregate_type}/${String(whole.parent_id ?? '')}`,
      of: aggregate_id,
    };
  const id = String(data[part.id]);
  const is = (whole[part.within] as Readonly<Record<string, Fields>> | undefined)?.[id] ?? {};
  const among = `${aggregate_id}/${part.within}/${String(is.version ?? '')}`;
  return { is, among, of: `${aggregate_id}/${id}` };
};

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
    const { field } = NAMES[command.command_type]!;
    const { data } = await landscape.state(command.aggregate_type, command.aggregate_id);
    const { is, among, of } = renamedBy(command, data);
    const place = (name: unknown): string => `${among}/${normalized(String(name))}`;
    const [from, to] = [place(is[field]), place(command.data[field])];
    waiting.push({ command, field, of, from, to });
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

const outOfTheWay = ({ command, field, of }: Renaming): PlannedCommand => {
  const name = `${ON_THE_WAY}${sha256(of).slice(0, DIGEST_CHARS)}`;
  return { ...command, data: { ...command.data, [field]: name } };
};
