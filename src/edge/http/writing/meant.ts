import { isDeepStrictEqual } from 'node:util';
import type { State } from '../../../core/aggregate.js';
import { kebab } from '../../../core/ids.js';
import type { CommandSpec } from '../../../core/message.js';
import { parameterOf } from '../../../core/message.js';
import { Mistakes } from '../../../core/mistakes.js';
import { choices } from '../../../core/nearest.js';
import type { Refusal } from '../../../core/refusal.js';
import { isReason, JUSTIFICATION_MAX, WHY } from '../../../core/why.js';
import { isFields } from './body.js';
import type { Place } from './place.js';
import { companionsOf, type Settable } from './settable.js';

/** The fields of a body by what they mean. */
export type Meant = {
  /** For the creating command. */
  readonly creating: ReadonlyMap<string, unknown>;
  /** For the commands that set them. */
  readonly fields: ReadonlyMap<string, unknown>;
  readonly companions: ReadonlyMap<string, unknown>;
};

export type Reading = {
  readonly settable: Settable;
  readonly plural: string;
  /** The command that begins the resource; none for one that is there. */
  readonly creating?: CommandSpec | undefined;
  /** Whether there are documents of it to be read. */
  readonly isShown: boolean;
  /** Fields that a document has and nobody sets. */
  readonly shown: readonly string[];
};

/** A field may be called as its command calls it, where that can mean one field only. */
const aliasesOf = ({ settable: { rules }, shown }: Reading): ReadonlyMap<string, string> => {
  const found = new Map<string, Set<string>>();
  for (const { field, how } of [...rules.values()].flat()) {
    const parameter = parameterOf(how);
    if (parameter === undefined || typeof how === 'string' || !('to' in how)) continue;
    found.set(parameter, (found.get(parameter) ?? new Set()).add(field));
  }
  return new Map(
    [...found].flatMap(([name, fields]) =>
      fields.size === 1 && !rules.has(name) && !shown.includes(name)
        ? [[name, [...fields][0]!] as const]
        : [],
    ),
  );
};

/** What is said of a new one, besides what its commands set. */
const begunOf = ({ settable: { begun, part }, creating }: Reading): readonly string[] => {
  if (!creating) return [];
  return part ? [part.resource.owner, ...begun.keys()] : [...begun.keys()];
};

const known = (reading: Reading): string[] => [
  ...new Set([...begunOf(reading), ...reading.settable.rules.keys()]),
];

/** What never changes of a resource: which one it is, and where. */
const fixedOf = ({ part }: Settable): readonly string[] =>
  part ? ['id', part.id, part.resource.owner] : ['id'];

const commandsText = ({ settable, plural }: Reading): string =>
  settable.others.length === 0
    ? 'no command sets it'
    : `POST /${settable.part ? settable.definition.plural : plural}/{id}/commands/{command} changes what no field stands for: ${settable.others.map(kebab).join(', ')}`;

const unset = (mistakes: Mistakes, reading: Reading, field: string): void => {
  const { settable, shown } = reading;
  const can = (): string => known(reading).join(', ') || 'nothing';
  const isFixed = fixedOf(settable).includes(field);
  if (settable.own.has(field) && !isFixed)
    mistakes.add(field, () => `cannot be set like this; ${commandsText(reading)}`, 'READ_ONLY');
  else if (isFixed || field === 'status' || shown.includes(field))
    mistakes.add(field, () => `is kept by the server; can be set: ${can()}`, 'READ_ONLY');
  else
    mistakes.add(
      field,
      () => `unknown field${choices(field, known(reading), 'can be set:')}`,
      'UNKNOWN',
    );
};

/** Which of the fields that no command sets are companions of the commands that will be sent. */
const companionsAmong = (
  { settable, creating }: Reading,
  fields: ReadonlyMap<string, unknown>,
): ReadonlySet<string> => {
  const specs = [...fields.keys()].flatMap((field) =>
    settable.rules.get(field)!.map(({ spec }) => spec),
  );
  return new Set([...specs.flatMap(companionsOf), ...(creating ? settable.begun.keys() : [])]);
};

/** Whether a resource has a field of its own with this name, though it be one that says why. */
export const isOwnOf =
  ({ own }: Settable) =>
  (field: string): boolean =>
    own.has(field);

/** Take apart what a body says, or say which fields it cannot say. */
export const meantBy = (
  said: ReadonlyMap<string, unknown>,
  reading: Reading,
  /** Whether a field that nobody sets may stand there all the same. */
  passes: (field: string, value: unknown) => boolean = () => false,
): Meant | Refusal => {
  const { settable, creating } = reading;
  const aliases = aliasesOf(reading);
  const begins = new Map<string, unknown>();
  const fields = new Map<string, unknown>();
  const rest = new Map<string, unknown>();
  const mistakes = new Mistakes();
  for (const [name, value] of said) {
    const field = aliases.get(name) ?? name;
    if (field !== name && said.has(field)) mistakes.add(name, `is ${field}, which is there, too`);
    else if (creating && settable.begun.has(field)) begins.set(field, value);
    else if (settable.rules.has(field)) fields.set(field, value);
    else rest.set(name, value);
  }
  const asked = companionsAmong(reading, fields);
  const why = WHY.filter((name) => !isOwnOf(settable)(name));
  for (const name of why.filter((one) => (rest.get(one) ?? null) !== null && !asked.has(one)))
    if (!isReason(rest.get(name)))
      mistakes.add(name, `expected a text of 1 to ${JUSTIFICATION_MAX} characters`);
  const among = new Set([...asked, ...why]);
  const companions = new Map([...rest, ...begins].filter(([name]) => among.has(name)));
  for (const [name, value] of rest)
    if (!companions.has(name) && !passes(name, value)) unset(mistakes, reading, name);
  if (mistakes.none) return { creating: begins, fields, companions };
  const details = { settable: known(reading), commands: settable.others.map(kebab) };
  return mistakes.refusal({ details })!;
};

/** Whether a document says of a field what is there: it may show more than there is. */
const says = (given: unknown, stated: unknown): boolean => {
  if (Array.isArray(given) && Array.isArray(stated))
    return given.length === stated.length && given.every((one, at) => says(one, stated[at]));
  if (isFields(given) && isFields(stated))
    return Object.entries(stated).every(([name, value]) => says(given[name], value));
  return isDeepStrictEqual(given, stated);
};

/**
 * For a document that was read and is sent back: fields that nobody sets may be there if they say
 * what is so. What a projection works out by itself follows from the rest, and is not looked at.
 */
export const sentBack =
  (
    { settable, shown }: Reading,
    { id, aggregate_id, state }: Place & { readonly state: State },
  ): ((field: string, value: unknown) => boolean) =>
  (field, value) => {
    if (fixedOf(settable).includes(field))
      return value === (field === settable.part?.resource.owner ? aggregate_id : id);
    if (field === 'status' && shown.includes(field)) return value === state.status;
    if (settable.own.has(field)) return says(value, state.data[field]);
    return shown.includes(field);
  };
