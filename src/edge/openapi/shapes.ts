import { z } from 'zod';
import { ACTOR_TYPES, AggregateId, CommandEnvelope, SOURCES } from '../../core/envelope.js';
import { UUID, UUID_V4 } from '../../core/ids.js';
import { anyCase, type JsonSchema, toJson } from '../../core/schema.js';

const Time = z.iso.datetime();
const Text = z.string();
const Maybe = z.string().nullable();
const Count = z.int().min(0);
const Id = z
  .string()
  .regex(UUID)
  .meta({ pattern: anyCase(UUID) });
const Position = z
  .string()
  .regex(/^[a-z0-9-]+:[0-9]+$/)
  .meta({ description: 'Where an event stands: its source and the sequence there.' });

const FieldError = z
  .object({ field: Text, message: Text, rule: Text })
  .meta({ description: 'One thing that is wrong with one field.' });

const Problem = z
  .object({
    type: Text,
    title: Text,
    status: z.int().min(400).max(599),
    detail: Text,
    code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
    message: Text,
    trace_id: Text,
    errors: z.array(FieldError),
    details: z.looseObject({}).optional(),
  })
  .meta({
    description:
      'Problem details (RFC 9457). `code` is stable and for programs, `message` is for people, `details` holds what would help to go on.',
  });

/** An event of any type; the data of each type is described by a schema of its own. */
const Event = z
  .object({
    event_id: Id,
    event_type: Text,
    aggregate_id: AggregateId,
    aggregate_type: Text,
    aggregate_version: z.int().min(1),
    event_timestamp: Time,
    actor: Text,
    actor_type: z.enum(ACTOR_TYPES),
    source: z.enum(SOURCES),
    causation_id: Id,
    correlation_id: Maybe,
    business_justification: Maybe,
    approval_id: Maybe,
    effective_at: Time.optional(),
    event_version: z.int().min(1),
    data: z.looseObject({}),
    metadata: z.object({
      position: Position.optional(),
      previous_hash: Maybe,
      hash: Text,
      traceparent: Text.optional(),
    }),
  })
  .meta({
    description:
      'An event as it was written. `data` has the form that the event type had in `event_version`.',
  });

const outcome = {
  aggregate_type: Text,
  aggregate_id: AggregateId,
  aggregate_version: z.int().min(0),
  position: Position.nullable(),
  replayed: z
    .boolean()
    .meta({ description: 'This command was accepted before: its first answer again.' }),
  dry_run: z.literal(true).optional(),
};
/** In the answer to a command, in place of events that it could not carry. */
export const EventsLeftOut = z.int().min(1).optional().meta({
  description:
    'So many events are not told here, since the answer would be too large: they are in the log.',
});
const Accepted = z
  .object({ command_id: Id, ...outcome, events: z.array(Event), events_left_out: EventsLeftOut })
  .meta({ description: 'A command was accepted; these are the events that it became.' });
const Together = z
  .object({
    ...outcome,
    commands: z.array(Accepted),
    unchanged: z.array(Text).meta({ description: 'Commands that would have changed nothing.' }),
  })
  .meta({
    description: 'Several commands, decided together and written at once, or none of them.',
  });

const Possible = z.object({
  command_type: Text,
  summary: Text.optional(),
  href: Text,
  schema: Text,
  sensitive: z.boolean(),
  approval: z.boolean(),
  roles: z.array(Text),
});
const Commands = z.object({
  aggregate_type: Text,
  aggregate_id: AggregateId,
  aggregate_version: Count,
  status: Text,
  possible: z.array(Possible),
  impossible: z.array(Possible.extend({ why: Text })),
});
const Events = z.object({
  aggregate_type: Text,
  aggregate_id: AggregateId,
  events: z.array(Event),
  next: Maybe.meta({ description: 'Path of the next page.' }),
});
const Stay = z.object({
  status: Text,
  from: Text,
  to: Maybe,
  seconds: Count,
  event_id: Text,
  event_type: Text,
  aggregate_version: z.int().min(1),
  position: Text,
  command_id: Text,
  command_type: Maybe,
  actor: Text,
  business_justification: Maybe,
});

/** What every answer made from documents says of what it reflects. */
export const REFLECTION = {
  position: Text,
  min_position_reached: z.boolean().optional(),
  as_of: Maybe.optional(),
  effective_at: Maybe.optional(),
};
const Clock = z.enum(['recorded', 'effective']);
const Statuses = z.object({
  aggregate_type: Text,
  aggregate_id: AggregateId,
  clock: Clock,
  items: z.array(Stay),
  total: Count,
  ...REFLECTION,
});
const End = z
  .object({ aggregate_version: Count, status: Text, recorded_at: Text, occurred_at: Text })
  .nullable();
const Difference = z.object({
  aggregate_type: Text,
  aggregate_id: AggregateId,
  clock: Clock,
  from: End,
  to: End,
  changes: z.array(z.looseObject({ field: Text })),
  events: z.array(Event),
  has_more_events: z.boolean(),
});
const Groups = z.object({
  group_by: Text,
  groups: z.array(
    z.object({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]), count: Count }),
  ),
  total: Count,
  has_more: z.boolean(),
  ...REFLECTION,
});

/** The envelope, as `POST /commands` takes it. */
const Envelope = CommandEnvelope.extend({
  command_id: CommandEnvelope.shape.command_id.meta({ pattern: anyCase(UUID_V4) }),
}).meta({ description: 'A command. `data` is described by the schema of its `command_type`.' });

const SHAPES = {
  Problem,
  Event,
  Accepted,
  Together,
  Commands,
  Events,
  Statuses,
  Difference,
  Groups,
} as const;
export type Shape = keyof typeof SHAPES;

const shapes = new Map<Shape, JsonSchema>();

/** A fixed answer as JSON Schema, made once. */
export const shape = (name: Shape): JsonSchema => {
  const made = shapes.get(name) ?? toJson(SHAPES[name], 'output');
  shapes.set(name, made);
  return made;
};

/** Any JSON object, or one of this shape, as JSON Schema. */
export const answerOf = (schema: z.ZodType): JsonSchema => toJson(schema, 'output');

let envelope: JsonSchema | undefined;
export const envelopeSchema = (): JsonSchema => {
  envelope ??= toJson(Envelope, 'input');
  return envelope;
};
