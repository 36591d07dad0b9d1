import type { ImportNote, PlannedCommand } from '../../src/operate/importing/importer.js';
import type { Fields } from '../model.js';
import type { Change } from './change.js';
import { fitting } from './fitting.js';
import type { List } from './kinds.js';
import type { Wanted } from './resolve.js';
import { type Settled, saidBy } from './settled.js';

const LIFECYCLE = ['planned', 'active', 'deprecated', 'retired'];

/** What the commands about one element are made with. */
export type Making = {
  readonly settled: Settled;
  readonly because: string;
  readonly note: (note: ImportNote) => void;
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A command for the aggregate that an element is or lives in. */
export const planned = (
  { aggregate_type, aggregate_id, about, id, kind: { part } }: Wanted,
  { command_type, data }: Change,
  more: Partial<PlannedCommand> = {},
): PlannedCommand => ({
  command_type,
  aggregate_type,
  aggregate_id,
  about,
  data: part && data[part.id] === undefined ? { [part.id]: id, ...data } : data,
  ...more,
});

/** Where an event says that it set a field of this element. */
const keyOf = ({ kind: { part }, id }: Wanted, field: string): string =>
  part ? `${part.within}/${id}/${field}` : field;

const kept = async (wanted: Wanted, field: string, { settled, note }: Making): Promise<boolean> => {
  const by = await settled.byPeople(wanted, keyOf(wanted, field));
  if (!by) return false;
  const { about, element } = wanted;
  note({
    where: element.where,
    kind: 'kept',
    message: `${field} of ${about} is kept: changed by ${saidBy(by)}`,
  });
  return true;
};

/** Step by step, as the chain goes; undefined when it would go back. */
const lifecycleSteps = (from: string, to: string): readonly Change[] | undefined => {
  const [start, end] = [LIFECYCLE.indexOf(from), LIFECYCLE.indexOf(to)];
  if (end < start) return undefined;
  return LIFECYCLE.slice(start + 1, end + 1).map((target_lifecycle) => ({
    command_type: 'TransitionLifecycle',
    data: { target_lifecycle },
  }));
};

const listChanges = (
  { together, field }: List,
  command_type: string,
  items: readonly unknown[],
): readonly Change[] => {
  if (items.length === 0) return [];
  return together
    ? [{ command_type, data: { [field]: items } }]
    : items.map((item) => ({ command_type, data: { [field]: item } }));
};

/** What others removed stays removed; what others added stays. What goes makes room. */
const listDifferences = async (
  wanted: Wanted,
  name: string,
  value: unknown,
  making: Making,
): Promise<readonly Change[]> => {
  const list = wanted.kind.lists[name]!;
  const [now, then] = [new Set(listOf(wanted.current?.[name])), new Set(listOf(value))];
  const byPeople = async (item: unknown) =>
    (await making.settled.byPeople(wanted, `${name}/${String(item)}`)) !== undefined;
  const added: unknown[] = [];
  for (const item of then)
    if (
      !now.has(item) &&
      !(wanted.current && (await kept(wanted, `${name}/${String(item)}`, making)))
    )
      added.push(item);
  const removed: unknown[] = [];
  for (const item of now) if (!then.has(item) && !(await byPeople(item))) removed.push(item);
  const { fit, note } = fitting(added, {
    there: now.size - removed.length,
    list: `${name} of ${wanted.about}`,
    nameOf: String,
    where: wanted.element.where,
  });
  if (note) making.note(note);
  return [...listChanges(list, list.remove, removed), ...listChanges(list, list.add, fit)];
};

const fieldDifferences = async (
  wanted: Wanted,
  field: string,
  value: unknown,
  making: Making,
): Promise<readonly Change[]> => {
  const { kind, current, about, element } = wanted;
  if (kind.lists[field]) return listDifferences(wanted, field, value, making);
  if (same(value, current?.[field] ?? null)) return [];
  const lifecycle = field === 'lifecycle';
  const set = lifecycle ? undefined : value === null ? kind.clear[field] : kind.set[field];
  if (current && (set || lifecycle) && (await kept(wanted, field, making))) return [];
  const steps = lifecycle ? lifecycleSteps(String(current?.lifecycle), String(value)) : undefined;
  if (steps) return steps;
  if (set)
    return [
      value === null ? kind.clear[field]!(making.because) : kind.set[field]!(value, making.because),
    ];
  making.note({
    where: element.where,
    kind: 'not-imported',
    message: lifecycle
      ? `lifecycle of ${about} stays "${String(current?.lifecycle)}": it does not go back to "${String(value)}" but by CorrectLifecycle`
      : `${field} of ${about} is not imported: no command ${value === null ? 'empties' : 'sets'} it`,
  });
  return [];
};

/** The commands that make an element say what the model says. */
export const differences = async (
  wanted: Wanted,
  values: Fields,
  { needs, making }: { readonly needs: readonly string[]; readonly making: Making },
): Promise<readonly PlannedCommand[]> => {
  const { kind, current, element, id } = wanted;
  const said: Fields = { ...(kind.name && { [kind.name]: element.name }), ...values };
  const commands: PlannedCommand[] = [];
  const creating = new Set(current ? [] : [kind.name, ...kind.createFields]);
  if (!current) {
    const first = Object.entries({ ...kind.defaults, ...said }).filter(
      ([field, value]) => creating.has(field) && value !== null,
    );
    const create = { command_type: kind.create, data: Object.fromEntries(first) };
    commands.push(planned(wanted, create, { makes: id, needs }));
  }
  for (const [field, value] of Object.entries(said)) {
    if (creating.has(field) || (!current && value === null)) continue;
    for (const change of await fieldDifferences(wanted, field, value, making))
      commands.push(planned(wanted, change, { needs: [...needs, id] }));
  }
  return commands;
};
