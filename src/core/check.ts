import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import { beyondJson } from './beyond-json.js';
import { type Arrow, arrows } from './chart.js';
import { kebab } from './ids.js';
import { markedPaths, marksOutOfReach } from './marks.js';
import { parametersOf } from './message.js';

/** REQ-004 and REQ-013: a command or event with more fields than this does several things at once. */
const FIELDS_MAX = 9;
const PASCAL = /^[A-Z][A-Za-z0-9]*$/;
/** XState reads these in a target as a path or an id. */
const NO_STATUS = /[.#\\]|^$/;
/** Claims and boundaries are tokens of a subject. */
const TOKEN = /^[A-Za-z0-9_-]+$/;
/** The scope under which the runtime claims boundaries. */
const RESERVED_SCOPE = 'boundary';

type Checked = Omit<Aggregate, 'hash'>;
type Complaint = string | false | undefined;

const fieldsOf = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> =>
  schema instanceof z.ZodObject ? schema.shape : {};

/** Whether an event says more than that it happened. */
const hasData = (schema: z.ZodType): boolean =>
  !(schema instanceof z.ZodObject) || Object.keys(schema.shape).length > 0;

/** The literal values a field may have, seen through optional, nullable and default. */
const literalsOf = (schema: z.ZodType | undefined): readonly string[] | undefined => {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  const { innerType } = (schema as unknown as { def?: { innerType?: z.ZodType } })?.def ?? {};
  return innerType && literalsOf(innerType);
};

const aboutBranch = (one: Checked, { from, event, when }: Arrow): Complaint => {
  if (!when) return;
  const spec = one.events[event];
  const literals = spec && literalsOf(fieldsOf(spec.schema)[when.field]);
  if (!literals)
    return `the edge ${event} from "${from}" branches by "${when.field}", which is not a literal field of ${event}`;
  return (
    !literals.includes(when.value) &&
    `the edge ${event} from "${from}" branches on ${when.field} = "${when.value}", but it can only be ${literals.join(', ')}`
  );
};

function* aboutChart(one: Checked): Generator<Complaint> {
  const { initial, states } = one.chart;
  yield !(initial in states) && `the chart starts in "${initial}", which is not one of its states`;
  const all = arrows(one.chart);
  const reached = new Set([initial, ...all.filter((a) => a.from !== a.to).map((a) => a.to)]);
  for (const arrow of all) {
    yield !(arrow.to in states) &&
      `the edge ${arrow.event} from "${arrow.from}" leads to "${arrow.to}", which is not one of its states`;
    yield !(arrow.event in one.events) &&
      `the chart knows an edge ${arrow.event} from "${arrow.from}", but there is no such event`;
    yield aboutBranch(one, arrow);
  }
  for (const status of Object.keys(states)) {
    yield NO_STATUS.test(status) &&
      `the status "${status}" is empty or holds ".", "#" or "\\": name it in plain words`;
    yield !reached.has(status) && `no event leads to the state "${status}"`;
  }
}

function* aboutEvents(one: Checked): Generator<Complaint> {
  const drawn = new Set(arrows(one.chart).map(({ event }) => event));
  const emitted = new Set(Object.values(one.commands).flatMap(({ emits }) => emits));
  for (const [type, { schema, version, upcast }] of Object.entries(one.events)) {
    yield !PASCAL.test(type) && `the event name "${type}" is not PascalCase`;
    yield !drawn.has(type) && `event ${type} is in no edge of the chart`;
    yield !emitted.has(type) && `event ${type} is emitted by no command`;
    yield Object.keys(fieldsOf(schema)).length > FIELDS_MAX &&
      `event ${type} has more than ${FIELDS_MAX} fields: split it into the facts it mixes (REQ-013)`;
    const foreign = beyondJson(schema, { stored: true });
    yield foreign !== undefined && `event ${type}: ${foreign}`;
    const [leak] = markedPaths(schema, ['secret']);
    yield leak !== undefined &&
      `event ${type} holds the secret field "${leak}": secrets never reach events`;
    for (let from = 1; from < version; from++)
      yield !(from in upcast) &&
        `event ${type} is at version ${version} but has no upcaster from version ${from}`;
  }
  for (const [type, { schema }] of Object.entries(one.events))
    yield hasData(schema) &&
      one.evolve[type] === undefined &&
      `event ${type} has data, but no evolve: say what it changes, or null when that is the status alone`;
  for (const type of Object.keys(one.evolve))
    yield !(type in one.events) && `evolve knows ${type}, but there is no such event`;
}

function* aboutCommands(one: Checked): Generator<Complaint> {
  const names = new Set<string>();
  for (const [type, spec] of Object.entries(one.commands)) {
    for (const name of [type, ...(spec.aliases ?? [])]) {
      yield !PASCAL.test(name) && `the command name "${name}" is not PascalCase`;
      // By its path: two names that differ only in capitals would share a route.
      yield names.has(kebab(name)) && `the command name ${name} is used twice`;
      names.add(kebab(name));
    }
    yield type === `Update${one.name}` &&
      `command ${type} is a generic update: name the business operation instead (REQ-003)`;
    yield typeof one.decide[type] !== 'function' && `command ${type} has no decide`;
    yield spec.emits.length === 0 && `command ${type} emits no event`;
    yield spec.roles.length === 0 && `command ${type} names no role: nobody could send it`;
    for (const event of spec.emits)
      yield !(event in one.events) && `command ${type} emits ${event}, but there is no such event`;
    const foreign = beyondJson(spec.data, { stored: false });
    yield foreign !== undefined && `command ${type}: ${foreign}`;
    yield marksOutOfReach(spec.data) &&
      `command ${type} has secret or personal fields in a schema that holds itself: below its first level they would be kept in the clear`;
    const fields = fieldsOf(spec.data);
    yield Object.keys(fields).length > FIELDS_MAX &&
      `command ${type} has more than ${FIELDS_MAX} fields: split it into the decisions it mixes (REQ-004)`;
    yield 'data' in fields && `command ${type} has a field named "data", which the envelope needs`;
    for (const [name, { by, view }] of Object.entries(spec.references ?? {})) {
      yield !(by in fields) &&
        `command ${type} has a reference by "${by}", which is not one of its fields`;
      const unseen = beyondJson(view, { stored: false });
      yield unseen !== undefined && `command ${type}, reference "${name}": ${unseen}`;
    }
    for (const [field, setting] of Object.entries(spec.sets ?? {})) {
      const own = parametersOf(setting).find((name) => !(name in fields));
      yield own !== undefined &&
        `command ${type} sets "${field}" by "${own}", which is not one of its fields`;
    }
    for (const boundary of spec.boundaries ?? [])
      yield !(boundary in one.boundaries) &&
        `command ${type} is decided against the boundary "${boundary}", but there is no such boundary`;
  }
  for (const type of Object.keys(one.decide))
    yield !(type in one.commands) && `decide knows ${type}, but there is no such command`;
}

function* aboutParts({ name, commands, boundaries }: Checked): Generator<Complaint> {
  for (const [type, { of, data }] of Object.entries(commands)) {
    if (!of) continue;
    const { within, id, resource } = of;
    yield !(id in fieldsOf(data)) &&
      `command ${type} is about one of "${within}", but has no field "${id}" to say which one`;
    if (!resource) continue;
    for (const bound of [resource.begins, resource.ends])
      yield commands[bound]?.of?.within !== within &&
        `one of "${within}" begins or ends by ${bound}, which is no command that is about one`;
    yield boundaries[within]?.of !== name &&
      `"${within}" are resources, but no boundary "${within}" over ${name} says which has which`;
  }
}

function* aboutKeys({ claims, boundaries }: Checked): Generator<Complaint> {
  yield RESERVED_SCOPE in claims &&
    `the claim "${RESERVED_SCOPE}" needs another name: that one is reserved for boundaries`;
  for (const name of [...Object.keys(claims), ...Object.keys(boundaries)])
    yield !TOKEN.test(name) &&
      `"${name}" becomes part of a subject: letters, digits, "-" and "_" only`;
}

function* complaints(one: Checked): Generator<Complaint> {
  yield !PASCAL.test(one.name) && 'the name of a definition is a PascalCase noun';
  const foreign = beyondJson(one.data, { stored: true });
  yield foreign !== undefined && `data: ${foreign}`;
  yield* aboutChart(one);
  yield* aboutEvents(one);
  yield* aboutCommands(one);
  yield* aboutParts(one);
  yield* aboutKeys(one);
  for (const [name, boundary] of Object.entries(one.boundaries))
    yield boundary.of === one.name &&
      Object.keys(boundary.events).some((type) => !(type in one.events)) &&
      `the boundary "${name}" folds an event that ${one.name} does not have`;
}

/** Throws a TypeError for the first mistake that the types could not catch. */
export const check = (one: Checked): void => {
  for (const complaint of complaints(one))
    if (complaint) throw new TypeError(`${one.name}: ${complaint}`);
};
