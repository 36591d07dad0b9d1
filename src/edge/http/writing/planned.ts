import { isDeepStrictEqual } from 'node:util';
import type { State } from '../../../core/aggregate.js';
import { parameterOf, parametersOf, type Setting } from '../../../core/message.js';
import { NAME_SHOWN_MAX } from '../../../core/mistakes.js';
import { allOf, isRefusal, type Refusal, refuse } from '../../../core/refusal.js';
import { WHY, whyOf } from '../../../core/why.js';
import { isFields } from './body.js';
import { companionsOf, isOfList, isTo, type Rule, readAs, type Settable } from './settable.js';

/** A command that a request became. */
export type Planned = {
  readonly type: string;
  /** The fields of the resource that it sets. */
  readonly fields: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Tells it from others of the same type in the same request. */
  readonly member: string;
};

/** What is wanted, and what is there. */
export type Wanted = {
  readonly settable: Settable;
  readonly fields: ReadonlyMap<string, unknown>;
  /** What commands take besides: reasons. */
  readonly companions: ReadonlyMap<string, unknown>;
  readonly current: (field: string) => unknown;
};

/** What a field is now; one that the data does not have is the status. */
export const currentOf =
  ({ own }: Settable, { status, data }: State) =>
  (field: string): unknown =>
    own.has(field) ? data[field] : status;

const wrong = (field: string, message: string): Refusal =>
  refuse('VALIDATION_ERROR', `${field}: ${message}`, {
    errors: [{ field, message, rule: 'FORMAT' }],
  });

type Entries = readonly (readonly [name: string, value: unknown])[];

/** What a command takes besides what it sets, as far as it is said. */
const besideOf = ({ companions }: Wanted, { spec }: Pick<Rule, 'spec'>): Entries =>
  companionsOf(spec).flatMap((name) => {
    // Whatever a command calls it, why is said once.
    const said = name === whyOf(spec) ? [name, ...WHY] : [name];
    const found = said.find((one) => companions.has(one));
    return found === undefined ? [] : [[name, companions.get(found)] as const];
  });

// Not by assignment: a client chooses the values, and a schema the names.
const dataOf = (beside: Entries, own: Entries): Planned['data'] =>
  Object.fromEntries([...beside, ...own]);

/** Why an object is none that a command takes member by member. */
const aboutMembers = (
  field: string,
  value: unknown,
  rules: readonly Rule[],
): Refusal | undefined => {
  const members = rules.flatMap(({ how }) =>
    how !== 'clear' && 'members' in how ? how.members : [],
  );
  if (members.length === 0 || (value === null && rules.some(({ how }) => how === 'clear')))
    return undefined;
  if (!isFields(value)) return wrong(field, 'expected an object');
  const strange = Object.keys(value).find((name) => !members.includes(name));
  return strange === undefined
    ? undefined
    : wrong(
        `${field}.${strange.slice(0, NAME_SHOWN_MAX)}`,
        `unknown field; known here: ${members.join(', ')}`,
      );
};

/** Whether a field is as it is asked to be. */
const isSo = (wanted: Wanted, field: string, rules: readonly Rule[]): boolean => {
  const value = wanted.fields.get(field);
  const now = wanted.current(field);
  const reader = rules.find(isTo);
  return isDeepStrictEqual(reader ? readAs(reader, value) : value, now ?? null);
};

const requires = ({ spec, how }: Rule): boolean =>
  parametersOf(how).some((name) => !spec.data.shape[name]?.safeParse(undefined).success);

/** How well a command fits the fields that are left: what it lacks, repeats, covers. */
const suitability = (rules: readonly Rule[], wanted: Wanted, left: ReadonlySet<string>) => {
  const required = rules.filter(requires).map(({ field }) => field);
  return {
    lacking: required.filter((field) => !wanted.fields.has(field)).length,
    repeated: required.filter((field) => wanted.fields.has(field) && !left.has(field)).length,
    covered: rules.filter(({ field }) => left.has(field)).length,
  };
};

/** Several commands may set one field: the one that needs nothing more and covers most is sent. */
const bestFor = (left: ReadonlySet<string>, wanted: Wanted): readonly Rule[] => {
  const all = [...wanted.settable.rules.values()].flat().filter(isTo);
  const types = new Set(all.filter(({ field }) => left.has(field)).map(({ type }) => type));
  const candidates = wanted.settable.order
    .filter((type) => types.has(type))
    .map((type) => all.filter((rule) => rule.type === type))
    .map((rules) => ({ rules, ...suitability(rules, wanted, left) }));
  candidates.sort(
    (a, b) => a.lacking - b.lacking || a.repeated - b.repeated || b.covered - a.covered,
  );
  return candidates[0]!.rules;
};

/** What a command is sent for a value: for none, what it takes as none. */
const emptied = (how: Setting, value: unknown): unknown =>
  value === null && how !== 'clear' && 'to' in how && how.empty !== undefined ? how.empty : value;

/** What a command is sent for a field: in one field of its own, or in one for each member. */
const sentFor = ({ how, field }: Rule, { fields }: Wanted): Entries => {
  const value = fields.get(field);
  if (how !== 'clear' && 'members' in how) return Object.entries(value as object);
  return [[parameterOf(how)!, emptied(how, value)]];
};

/** The commands that give fields other values. */
const settings = (changed: readonly string[], wanted: Wanted): readonly Planned[] => {
  const left = new Set(changed);
  const planned: Planned[] = [];
  while (left.size > 0) {
    const rules = bestFor(left, wanted);
    const carried = rules.filter(
      (rule) => left.has(rule.field) || (wanted.fields.has(rule.field) && requires(rule)),
    );
    const own = carried.flatMap((rule) => sentFor(rule, wanted));
    planned.push({
      type: rules[0]!.type,
      fields: carried.map(({ field }) => field),
      data: dataOf(besideOf(wanted, rules[0]!), own),
      member: '',
    });
    for (const { field } of rules) left.delete(field);
  }
  return planned;
};

const keyed = (members: readonly unknown[]): ReadonlyMap<string, unknown> =>
  new Map(members.map((one) => [JSON.stringify(one), one]));

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A list as the commands that change it read it. */
const membersOf = (rule: Rule, value: readonly unknown[]): readonly unknown[] =>
  rule.whole ? listed(readAs(rule, value)) : value.map((one) => readAs(rule, one));

const changing = (rule: Rule, members: readonly unknown[], wanted: Wanted): Planned[] => {
  const { type, field } = rule;
  const parameter = parameterOf(rule.how)!;
  if (members.length === 0) return [];
  const sent = rule.whole ? [members] : members;
  // Once, and not for each of thousands.
  const beside = besideOf(wanted, rule);
  return sent.map((value) => ({
    type,
    fields: [field],
    member: rule.whole ? '' : JSON.stringify(value),
    data: dataOf(beside, [[parameter, value]]),
  }));
};

/** The commands that make a list what it is asked to be. */
const listing = (field: string, wanted: Wanted): readonly Planned[] | Refusal => {
  const rules = wanted.settable.rules.get(field)!.filter(isOfList);
  const value = wanted.fields.get(field) ?? [];
  if (!Array.isArray(value)) return wrong(field, 'expected a list');
  const now = keyed(listed(wanted.current(field)));
  const then = keyed(membersOf(rules[0]!, value));
  const more = [...then].filter(([key]) => !now.has(key)).map(([, one]) => one);
  const less = [...now].filter(([key]) => !then.has(key)).map(([, one]) => one);
  const adding = rules.find(({ how }) => how !== 'clear' && 'add' in how);
  const removing = rules.find(({ how }) => how !== 'clear' && 'remove' in how);
  if (more.length > 0 && !adding) return wrong(field, 'nothing can be added to it');
  if (less.length > 0 && !removing) return wrong(field, 'nothing can be taken from it');
  return [
    ...(adding ? changing(adding, more, wanted) : []),
    ...(removing ? changing(removing, less, wanted) : []),
  ];
};

/** The command for one field that is emptied, or whose list changes; undefined for all others. */
const special = (field: string, wanted: Wanted): readonly Planned[] | Refusal | undefined => {
  const rules = wanted.settable.rules.get(field)!;
  if (rules.some(isOfList)) return listing(field, wanted);
  const clearing = rules.find(({ how }) => how === 'clear');
  if (clearing && wanted.fields.get(field) === null)
    return [
      {
        type: clearing.type,
        fields: [field],
        member: '',
        data: dataOf(besideOf(wanted, clearing), []),
      },
    ];
  return rules.some(isTo) ? undefined : wrong(field, 'can only be emptied: expected null');
};

/** The commands that make a resource what it is asked to be, in the order of the definition. */
export const planOf = (wanted: Wanted): readonly Planned[] | Refusal => {
  const { rules, order } = wanted.settable;
  const planned: Planned[] = [];
  const changed: string[] = [];
  const wrong: Refusal[] = [];
  for (const field of wanted.fields.keys()) {
    const own = rules.get(field)!;
    const strange = aboutMembers(field, wanted.fields.get(field), own);
    if (!strange && !own.some(isOfList) && isSo(wanted, field, own)) continue;
    const found = strange ?? special(field, wanted);
    if (found === undefined) changed.push(field);
    else if (isRefusal(found)) wrong.push(found);
    else planned.push(...found);
  }
  const [first, ...others] = wrong;
  if (first) return allOf([first, ...others]);
  planned.push(...settings(changed, wanted));
  planned.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  return planned;
};
