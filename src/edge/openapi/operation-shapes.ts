import { z } from 'zod';

const Text = z.string();
const Maybe = Text.nullable();
const Count = z.int().min(0);
const Flag = z.boolean();

const Consumer = z.object({
  name: Text,
  durable: Flag,
  delivered: Count,
  ack_floor: Count,
  pending: Count,
  ack_pending: Count,
  redelivered: Count,
  created_at: Text,
});
const Stream = z.object({
  name: Text,
  kind: z.enum(['events', 'journal', 'alerts']),
  aggregate_type: Maybe,
  subjects: z.array(Text),
  messages: Count,
  bytes: Count,
  first_sequence: Count,
  last_sequence: Count,
  first_at: Maybe,
  last_at: Maybe,
  replicas: Count,
  storage: Text,
  retention: Text,
  deny_delete: Flag,
  deny_purge: Flag,
  sealed: Flag,
  leader: Maybe.meta({ description: 'The server that leads it; null while there is none.' }),
  consumers: z.array(Consumer),
});
const shown = {
  size: Count.meta({ description: 'Bytes, before anything was cut.' }),
  encoding: z.enum(['json', 'text', 'base64']),
  payload: z.unknown(),
  cut: z.literal(true).optional().meta({ description: 'Only the beginning is shown.' }),
};
const Messages = z.object({
  stream: Text,
  messages: z.array(
    z.object({
      sequence: Count,
      subject: Text,
      at: Text,
      headers: z.record(Text, z.array(Text)),
      ...shown,
    }),
  ),
  next: Count.nullable().meta({ description: '`from` of the next page; null at the end.' }),
});
const Bucket = z.object({
  name: Text,
  kind: z.enum(['snapshots', 'access', 'other']),
  values: Count,
  bytes: Count,
  history: Count,
  replicas: Count,
  ttl_ms: Count.nullable(),
  hidden: Flag.meta({ description: 'What it holds is shown to nobody.' }),
});
const Entries = z.object({
  bucket: Text,
  key: Text,
  entries: z.array(
    z.object({
      revision: Count,
      operation: z.enum(['put', 'delete', 'purge']),
      at: Text,
      ...shown,
    }),
  ),
});
const Actors = z.object({
  node: Maybe,
  residents: Count.meta({ description: 'All in memory.' }),
  matching: Count,
  actors: z.array(
    z.object({
      aggregate_type: Text,
      aggregate_id: Text,
      status: Maybe,
      version: Count,
      inbox: Count,
      loaded_at: Maybe,
      last_used_at: Text,
      last_command: z.object({ command_type: Text, outcome: Text, at: Text }).nullable(),
    }),
  ),
});
const Passivated = z.object({
  passivated: Flag,
  reason: z.enum(['not_resident', 'busy']).nullable(),
});
const number = Count.nullable();
const Nodes = z.object({
  nodes: z.array(
    z.object({
      id: Text,
      name: Text,
      version: Text,
      started_at: Text,
      url: Maybe,
      this: Flag.meta({ description: 'The node that answers.' }),
      draining: Flag,
      residents: number,
      under_way: number,
      waiting: number,
      commands_total: number,
      conflicts: number,
      memory_bytes: number,
      uptime_seconds: number,
    }),
  ),
});

const Diagnosis = z.object({
  server: z.object({ url: Text, version: Text }),
  streams: z.array(
    z.object({
      stream: Text,
      aggregate_type: Text,
      messages: Count,
      events: Count,
      aggregates: Count,
      snapshots: Count,
      claims: Count,
    }),
  ),
  journal: z.object({ messages: Count, entries: Count }).nullable(),
  findings: z.array(
    z.object({
      code: Text,
      grade: z.enum(['broken', 'odd']),
      stream: Text,
      aggregate_id: Maybe,
      sequence: Count.nullable(),
      what: Text,
      todo: Text,
    }),
  ),
  read_side: z.looseObject({ engine: Text, projections: z.array(z.looseObject({ name: Text })) }),
  node: z.null(),
});
const OneDiagnosis = Diagnosis.extend({ read_side: z.null(), journal: z.null() });
const Doctor = z.object({
  state: z.enum(['never', 'running', 'done', 'failed']),
  aggregate_type: Maybe.meta({ description: 'The one type that is examined; null = all.' }),
  progress: z.object({ done: Count, total: Count }).nullable(),
  started_at: Maybe,
  finished_at: Maybe,
  reason: Maybe,
  result: Diagnosis.extend({ read_side: Diagnosis.shape.read_side.nullable() }).nullable(),
});

const Catalogue = z.object({
  events: z.array(
    z.object({
      aggregate_type: Text,
      event_type: Text,
      summary: Maybe,
      version: Count,
      versions: z.array(Count),
      upcasters: z.array(z.object({ from: Count, to: Count })),
      readable: Flag,
      unreadable_versions: z.array(Count),
      definition: Text,
      sensitive: Flag,
      critical: Flag,
      commands: z.array(Text),
      transitions: z.array(
        z.object({
          from: Text,
          to: Text,
          when: z.object({ field: Text, value: Text }).optional(),
        }),
      ),
      projections: z.array(Text),
      schema: Text,
    }),
  ),
  commands: z.array(
    z.object({
      aggregate_type: Text,
      command_type: Text,
      summary: Maybe,
      aliases: z.array(Text),
      sensitive: Flag,
      critical: Flag,
      approval: Flag,
      creates: Flag,
      roles: z.array(Text),
      emits: z.array(Text),
      schema: Text,
    }),
  ),
});

/** What operators see, as it is answered. */
export const OPERATION_SHAPES = {
  Stream,
  Messages,
  Bucket,
  Entries,
  Actors,
  Passivated,
  Nodes,
  Doctor,
  Catalogue,
  Streams: z.object({ streams: z.array(Stream) }),
  Buckets: z.object({ buckets: z.array(Bucket) }),
  Keys: z.object({ bucket: Text, keys: z.array(Text), next: Maybe }),
  Diagnosis: OneDiagnosis,
} as const;
