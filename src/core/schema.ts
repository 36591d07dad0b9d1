import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import { creates } from './command.js';
import { ACTOR_TYPES, AggregateId, CommandEnvelope, SOURCES } from './envelope.js';
import { UUID, UUID_V4 } from './ids.js';
import type { CommandSpec, EventSpec } from './message.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** All schemas of a definition, by the name of the command or event. */
export type Schemas = {
  readonly commands: Readonly<
    Record<string, { readonly envelope: JsonSchema; readonly data: JsonSchema }>
  >;
  readonly events: Readonly<Record<string, JsonSchema>>;
};

const urn = (...parts: readonly (string | number)[]): string => ['urn:stele', ...parts].join(':');

/** A JSON Schema pattern has no flags: the same expression for both cases of a hexadecimal digit. */
export const anyCase = ({ source }: RegExp): string =>
  source.replaceAll('a-f', 'a-fA-F').replaceAll('89ab', '89abAB');

/** zod trims before it counts, JSON Schema does not: "at least one character" is "not blank". */
const notBlank: Parameters<typeof z.toJSONSchema>[1] = {
  override: ({ zodSchema, jsonSchema }) => {
    const { def } = zodSchema._zod;
    const trims =
      def.type === 'string' && def.checks?.some((one) => one._zod.def.check === 'overwrite');
    if (trims && jsonSchema.minLength === 1 && !jsonSchema.pattern) jsonSchema.pattern = '\\S';
  },
};

/** JSON Schema (draft 2020-12) of a schema: what is sent (`input`), or what is shown (`output`). */
export const toJson = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any', ...notBlank });

/** The head of a document, then the schema without what the head says already. */
const document = (head: JsonSchema, { $schema, ...body }: JsonSchema): JsonSchema => ({
  $schema,
  ...body,
  ...head,
});

const descriptionOf = (schema: z.ZodType): string | undefined =>
  z.globalRegistry.get(schema)?.description;

const traits = (spec: CommandSpec): JsonSchema => ({
  'x-roles': spec.roles,
  'x-emits': spec.emits,
  'x-aliases': spec.aliases ?? [],
  'x-sensitive': spec.sensitive ?? false,
  'x-critical': spec.critical ?? false,
  'x-approval': spec.approval ?? false,
});

/** The envelope as this one command needs it: its names, its data, its papers. */
const envelopeOf = (definition: Aggregate, type: string, spec: CommandSpec): z.ZodType => {
  const { metadata, aggregate_id, command_id } = CommandEnvelope.shape;
  const papers = {
    ...(spec.sensitive ? { business_justification: true as const } : {}),
    ...(spec.approval ? { approval_id: true as const } : {}),
  };
  const needed = Object.keys(papers).length > 0;
  return CommandEnvelope.extend({
    command_id: command_id.meta({ pattern: anyCase(UUID_V4) }),
    command_type: z.literal(type),
    aggregate_type: z.literal(definition.name),
    aggregate_id: creates(definition, spec) ? aggregate_id : aggregate_id.unwrap(),
    data: spec.data.strict(),
    metadata: needed ? metadata.unwrap().required(papers) : metadata,
  });
};

/** `metadata.effective_at` is for imports only. */
const EFFECTIVE_AT = {
  anyOf: [
    { properties: { source: { const: 'import' } } },
    { properties: { metadata: { type: 'object', properties: { effective_at: false } } } },
  ],
};

/** Made when it is asked for, once: definitions do not change, and all schemas together take longer than a node's start should. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const each = <S, T>(
  specs: Readonly<Record<string, S>>,
  make: (type: string, spec: S) => T,
): Readonly<Record<string, T>> => {
  const all: Record<string, T> = {};
  for (const [type, spec] of Object.entries(specs))
    Object.defineProperty(all, type, { enumerable: true, get: once(() => make(type, spec)) });
  return all;
};

const commandSchemas = (definition: Aggregate, type: string, spec: CommandSpec) => {
  const id = urn(definition.name, 'command', type);
  const description = spec.summary ?? descriptionOf(spec.data) ?? `${type} of ${definition.name}.`;
  const envelope = once(() =>
    document(
      { $id: id, title: type, description, ...traits(spec), ...EFFECTIVE_AT },
      toJson(envelopeOf(definition, type, spec), 'input'),
    ),
  );
  const data = once(() =>
    document(
      { $id: `${id}:data`, title: type, description, ...traits(spec) },
      toJson(spec.data.strict(), 'input'),
    ),
  );
  return {
    get envelope() {
      return envelope();
    },
    get data() {
      return data();
    },
  };
};

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** An event in the form `eventJson` gives it. */
const eventOf = (definition: Aggregate, type: string, spec: EventSpec): z.ZodType => {
  const Time = z.iso.datetime();
  const Id = z
    .string()
    .regex(UUID)
    .meta({ pattern: anyCase(UUID) });
  return z.strictObject({
    event_id: Id,
    event_type: z.literal(type),
    aggregate_id: AggregateId,
    aggregate_type: z.literal(definition.name),
    aggregate_version: z.int().min(1),
    event_timestamp: Time,
    actor: z.string(),
    actor_type: z.enum(ACTOR_TYPES),
    source: z.enum(SOURCES),
    causation_id: Id,
    correlation_id: z.string().nullable(),
    business_justification: z.string().nullable(),
    approval_id: z.string().nullable(),
    effective_at: Time.optional(),
    event_version: z.literal(spec.version),
    data: spec.schema,
    metadata: z.strictObject({
      position: z
        .string()
        .regex(/^[a-z0-9-]+:[0-9]+$/)
        .optional(),
      previous_hash: Hash.nullable(),
      hash: Hash,
      traceparent: z.string().optional(),
    }),
  });
};

const eventSchema = (definition: Aggregate, type: string, spec: EventSpec): JsonSchema => {
  const by = Object.entries(definition.commands).filter(([, { emits }]) => emits.includes(type));
  const description =
    descriptionOf(spec.schema) ??
    `Written by ${by.map(([name]) => name).join(', ') || 'no command'}.`;
  return document(
    {
      $id: urn(definition.name, 'event', type, spec.version),
      title: type,
      description,
      'x-emitted-by': by.map(([name]) => name),
      'x-critical': by.some(([, { critical }]) => critical),
    },
    toJson(eventOf(definition, type, spec), 'output'),
  );
};

const known = new WeakMap<Aggregate, Schemas>();

/** JSON Schema (draft 2020-12) of all commands, as a client sends them, and all events, as shown. */
export const schemasOf = (definition: Aggregate): Schemas => {
  const { commands, events } = definition;
  const schemas = known.get(definition) ?? {
    commands: each(commands, (type, spec) => commandSchemas(definition, type, spec)),
    events: each(events, (type, spec) => eventSchema(definition, type, spec)),
  };
  known.set(definition, schemas);
  return schemas;
};
