import type { Aggregate } from '../../../core/aggregate.js';
import { arrows } from '../../../core/chart.js';
import { creates } from '../../../core/command.js';
import { markedPaths } from '../../../core/marks.js';
import { type CommandSpec, parameterOf, type Setting } from '../../../core/message.js';
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

/** What can be written of the resources of one type, and by which commands. */
export type Settable = {
  readonly definition: Aggregate;
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
  const fields = Object.entries(sets).filter(([, how]) => own.has(parameterOf(how) ?? ''));
  return [...own, ...fields.map(([field]) => field)];
};

const settableOfNew = (definition: Aggregate): Settable => {
  const schemas = schemasOf(definition).commands;
  const commands = Object.entries(definition.commands).map(([type, spec]) => ({ type, spec }));
  const rules = new Map<string, Rule[]>();
  for (const { type, spec } of commands)
    for (const [field, how] of Object.entries(spec.sets ?? {})) {
      const { properties } = schemas[type]!.data as { properties?: Record<string, unknown> };
      const parameter = parameterOf(how);
      const whole = parameter !== undefined && isList(properties?.[parameter]);
      rules.set(field, [...(rules.get(field) ?? []), { type, spec, field, how, whole }]);
    }
  const creating = commands.find(({ spec }) => creates(definition, spec));
  const deleting = commands.find(({ spec }) => deletes(definition, spec));
  const others = commands.filter((one) => !one.spec.sets && one !== creating && one !== deleting);
  return {
    definition,
    rules,
    creating,
    deleting,
    order: commands.map(({ type }) => type),
    others: others.map(({ type }) => type),
    secrets: new Set(commands.flatMap(({ spec }) => secretsOf(spec))),
  };
};

const known = new WeakMap<Aggregate, Settable>();

/** How the resources of a definition are written, from what its commands say they set. */
export const settableOf = (definition: Aggregate): Settable => {
  const settable = known.get(definition) ?? settableOfNew(definition);
  known.set(definition, settable);
  return settable;
};

/** It gives a field a value. */
export const isTo = ({ how }: Pick<Rule, 'how'>): boolean => how !== 'clear' && 'to' in how;

/** It changes a list. */
export const isOfList = ({ how }: Pick<Rule, 'how'>): boolean => how !== 'clear' && !('to' in how);

/** Whether a command is sent once for each member of a list. */
export const membersOneByOne = ({ rules }: Settable, type: string): boolean =>
  [...rules.values()].flat().some((rule) => rule.type === type && isOfList(rule) && !rule.whole);

/** The fields of its own that a command takes besides those that it sets: a reason, mostly. */
export const companionsOf = (spec: CommandSpec): readonly string[] => {
  const targets = Object.values(spec.sets ?? {}).map(parameterOf);
  return Object.keys(spec.data.shape).filter((name) => !targets.includes(name));
};

/** A value as a command's schema reads it; as it came when the schema does not take it. */
export const readAs = ({ spec, how }: Rule, value: unknown): unknown => {
  const parsed = spec.data.shape[parameterOf(how) ?? '']?.safeParse(value);
  return parsed?.success ? parsed.data : value;
};
