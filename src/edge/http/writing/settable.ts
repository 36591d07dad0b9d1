import type { Aggregate } from '../../../core/aggregate.js';
import { arrows } from '../../../core/chart.js';
import { creates } from '../../../core/command.js';
import { markedPaths } from '../../../core/marks.js';
import {
  type CommandSpec,
  type PartResource,
  type PartSpec,
  parameterOf,
  parametersOf,
  type Setting,
} from '../../../core/message.js';
import { schemasOf } from '../../../core/schema.js';

/** A command that sets a field of a resource, and how. */
export type Rule = {
  readonly type: string;
  readonly spec: CommandSpec;
  readonly field: string;
  readonly how: Setting;
  /** The command takes a list here; else it is sent once for each member. */
  readonly whole: boolean;
};

/** A command by its name. */
export type Named = { readonly type: string; readonly spec: CommandSpec };

/** A part of aggregates that is a resource of its own. */
export type Part = Omit<PartSpec, 'find'> & { readonly resource: PartResource };

/** What can be written of the resources of one type, and by which commands. */
export type Settable = {
  readonly definition: Aggregate;
  /** The part that they are of aggregates; null where they are aggregates themselves. */
  readonly part: Part | null;
  /** What people call one. */
  readonly one: string;
  /** The fields that one has. */
  readonly own: ReadonlySet<string>;
  /** The fields that are said of a new one, and what the creating command calls them. */
  readonly begun: ReadonlyMap<string, string>;
  /** The commands that set each field, in the order of the definition. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  /** Commands in the order in which they are sent. */
  readonly order: readonly string[];
  readonly creating: Named | undefined;
  readonly deleting: Named | undefined;
  /** Commands that no field stands for. */
  readonly others: readonly string[];
  /** Names under which a body may hold a secret. */
  readonly secrets: ReadonlySet<string>;
};

/** A command that leads to where the aggregate is deleted. */
const deletes = ({ chart }: Aggregate, { emits }: CommandSpec): boolean =>
  arrows(chart).some(
    ({ event, to }) => chart.states[to]?.kind === 'deleted' && emits.includes(event),
  );

const isList = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && (schema as { type?: unknown }).type === 'array';

/** The names, its own and those of the resource, under which a command is given secrets. */
const secretsOf = ({ data, sets = {} }: CommandSpec): readonly string[] => {
  const own = new Set(markedPaths(data, ['secret']).map((path) => path.split('.')[0]!));
  const fields = Object.entries(sets).filter(([, how]) =>
    parametersOf(how).some((name) => own.has(name)),
  );
  return [...own, ...fields.map(([field]) => field)];
};

type Inner = { readonly def: { readonly innerType?: Inner; readonly valueType?: Inner } };
/** What stands in a record of the data, behind its default. */
const memberOf = ({ def: { innerType, valueType } }: Inner): unknown =>
  innerType ? memberOf(innerType) : valueType;

/** What the resource calls what is stored under a name. */
const calledIn = (part: Part | null, name: string): string => part?.resource.called?.[name] ?? name;

const ownOf = ({ data: { shape } }: Aggregate, part: Part | null): ReadonlySet<string> => {
  if (!part) return new Set(Object.keys(shape));
  const member = memberOf(shape[part.within] as unknown as Inner) as { readonly shape: object };
  return new Set(Object.keys(member.shape).map((name) => calledIn(part, name)));
};

const settableOfNew = (definition: Aggregate, part: Part | null): Settable => {
  const schemas = schemasOf(definition).commands;
  const every = Object.entries(definition.commands).map(([type, spec]) => ({ type, spec }));
  const commands = every.filter(({ spec }) => spec.of?.within === part?.within);
  const rules = new Map<string, Rule[]>();
  for (const { type, spec } of commands)
    for (const [field, how] of Object.entries(spec.sets ?? {})) {
      const { properties } = schemas[type]!.data as { properties?: Record<string, unknown> };
      const parameter = parameterOf(how);
      const whole = parameter !== undefined && isList(properties?.[parameter]);
      rules.set(field, [...(rules.get(field) ?? []), { type, spec, field, how, whole }]);
    }
  const named = (name: string): Named => ({ type: name, spec: definition.commands[name]! });
  const creating = part
    ? named(part.resource.begins)
    : commands.find(({ spec }) => creates(definition, spec));
  const deleting = part
    ? named(part.resource.ends)
    : commands.find(({ spec }) => deletes(definition, spec));
  const settled = [creating?.type, deleting?.type];
  const others = (part ? commands : every).filter(
    ({ type, spec }) => !(spec.sets && spec.of?.within === part?.within) && !settled.includes(type),
  );
  const begun = Object.keys(creating?.spec.data.shape ?? {});
  return {
    definition,
    part,
    one: part?.resource.one ?? definition.name,
    own: ownOf(definition, part),
    begun: new Map(begun.map((name) => [calledIn(part, name), name])),
    rules,
    creating,
    deleting,
    order: every.map(({ type }) => type),
    others: others.map(({ type }) => type),
    secrets: new Set(commands.flatMap(({ spec }) => secretsOf(spec))),
  };
};

const known = new WeakMap<Aggregate, ReadonlyMap<string, Settable>>();

/** The parts of a definition that are resources of their own, as its commands say. */
export const partsOf = ({ commands }: Aggregate): readonly Part[] => {
  const parts = new Map<string, Part>();
  for (const { of } of Object.values(commands)) if (of?.resource) parts.set(of.within, of as Part);
  return [...parts.values()];
};

/** How the resources of a definition, or parts of them, are written, from what commands say they set. */
export const settableOf = (definition: Aggregate, part: Part | null = null): Settable => {
  const all = known.get(definition) ?? new Map<string, Settable>();
  const key = part?.within ?? '';
  const settable = all.get(key) ?? settableOfNew(definition, part);
  known.set(definition, new Map(all).set(key, settable));
  return settable;
};

/** It gives a field a value. */
export const isTo = ({ how }: Pick<Rule, 'how'>): boolean =>
  how !== 'clear' && ('to' in how || 'members' in how);

/** It changes a list. */
export const isOfList = ({ how }: Pick<Rule, 'how'>): boolean => how !== 'clear' && !isTo({ how });

/** Whether a command is sent once for each member of a list. */
export const membersOneByOne = ({ rules }: Settable, type: string): boolean =>
  [...rules.values()].flat().some((rule) => rule.type === type && isOfList(rule) && !rule.whole);

/** The fields of its own that a command takes besides those that it sets: a reason, mostly. */
export const companionsOf = (spec: CommandSpec): readonly string[] => {
  const targets = [...Object.values(spec.sets ?? {}).flatMap(parametersOf), spec.of?.id];
  return Object.keys(spec.data.shape).filter((name) => !targets.includes(name));
};

/** A value as a command's schema reads it; as it came when the schema does not take it. */
export const readAs = ({ spec, how }: Rule, value: unknown): unknown => {
  const schema =
    how !== 'clear' && 'members' in how
      ? spec.data.pick(Object.fromEntries(how.members.map((name) => [name, true])) as never)
      : spec.data.shape[parameterOf(how) ?? ''];
  const parsed = schema?.safeParse(value);
  return parsed?.success ? parsed.data : value;
};
