import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { criticalEvents } from '../../core/critical.js';
import { type JsonSchema, schemasOf } from '../../core/schema.js';
import { alertSubject, commandSubject, eventStream, eventSubject } from '../../core/subjects.js';
import { eventHeaders } from './event-headers.js';
import type { Ref } from './json-schema.js';
import { placedAt } from './json-schema.js';
import type { Described } from './openapi.js';
import { answerOf, envelopeSchema, shape } from './shapes.js';
import { inOneGo, type Steps } from './steps.js';

type Part = Readonly<Record<string, unknown>>;
type Parts = Record<string, Part>;

const NATS = [{ $ref: '#/servers/nats' }];
const HTTP = [{ $ref: '#/servers/http' }];
const ID = { id: { description: 'Id of the aggregate.' } };
const ANSWERS = '#/channels/answers';

/** An AsyncAPI document while it is written. */
class Draft {
  readonly channels: Parts = {};
  readonly operations: Parts = {};
  readonly schemas: Record<string, JsonSchema> = {};
  readonly messages: Parts = {};

  schema(name: string, schema: JsonSchema): Ref {
    const $ref = `#/components/schemas/${name}`;
    this.schemas[name] ??= placedAt(schema, $ref);
    return { $ref };
  }

  message(name: string, message: Part): Ref {
    this.messages[name] ??= { name, contentType: 'application/json', ...message };
    return { $ref: `#/components/messages/${name}` };
  }

  /** A channel and what this program does there. */
  channel(
    name: string,
    {
      action,
      messages,
      reply,
      ...channel
    }: {
      readonly action: 'send' | 'receive';
      readonly messages: Readonly<Record<string, Ref>>;
      readonly reply?: true;
      readonly [field: string]: unknown;
    },
  ): void {
    const $ref = `#/channels/${name}`;
    this.channels[name] = { ...channel, messages };
    const refs = (at: string, names: readonly string[]) =>
      names.map((one) => ({ $ref: `${at}/messages/${one}` }));
    this.operations[name] = {
      action,
      channel: { $ref },
      messages: refs($ref, Object.keys(messages)),
      ...(reply && {
        reply: {
          address: { location: '$message.header#/reply' },
          channel: { $ref: ANSWERS },
          messages: refs(ANSWERS, ['Accepted', 'Problem']),
        },
      }),
    };
  }
}

const properties = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  schema.properties as Readonly<Record<string, JsonSchema>>;

/** The events of one type: on NATS the envelope is in headers, the data in the body. */
function* eventChannel(draft: Draft, definition: Aggregate): Steps {
  const { slug, name, events } = definition;
  const schemas = schemasOf(definition).events;
  const critical = criticalEvents(definition);
  const headers = draft.schema('EventHeaders', eventHeaders);
  const messages: [string, Ref][] = [];
  for (const type of Object.keys(events)) {
    const schema = schemas[type]!;
    const message = draft.message(`${name}.${type}`, {
      title: type,
      ...(typeof schema.description === 'string' && { summary: schema.description }),
      headers,
      payload: draft.schema(`${name}.${type}`, properties(schema).data!),
      'x-event-version': events[type]!.version,
      ...(critical.has(type) && { 'x-critical': true }),
    });
    messages.push([type, message]);
    yield;
  }
  draft.channel(`events.${slug}`, {
    action: 'send',
    address: eventSubject(slug, '{id}'),
    title: `Events of ${name}`,
    description: `Kept for ever in the stream ${eventStream(slug)}: read them with a JetStream consumer, not with a plain subscription, which also shows what was refused.`,
    servers: NATS,
    parameters: ID,
    messages: Object.fromEntries(messages),
  });
}

function* commandChannels(draft: Draft, definition: Aggregate): Steps {
  const { slug, name, commands } = definition;
  const schemas = schemasOf(definition).commands;
  const { properties: fields, ...envelope } = envelopeSchema() as JsonSchema & {
    properties: Record<string, JsonSchema>;
  };
  for (const [type, { summary, roles, aliases = [] }] of Object.entries(commands)) {
    const own = {
      command_type: { const: type },
      aggregate_type: { const: name },
      data: draft.schema(`${name}.commands.${type}`, schemas[type]!.data),
    };
    const payload = draft.schema(`${name}.requests.${type}`, {
      ...envelope,
      required: ['data'],
      properties: {
        ...Object.fromEntries(
          Object.entries(fields).map(([field, schema]) => [
            field,
            draft.schema(`Envelope.${field}`, schema),
          ]),
        ),
        ...own,
      },
    });
    const message = draft.message(`${name}.requests.${type}`, {
      title: type,
      ...(summary && { summary }),
      headers: { $ref: '#/components/schemas/CallerHeaders' },
      payload,
      'x-roles': roles,
    });
    draft.channel(`commands.${slug}.${type}`, {
      action: 'receive',
      address: commandSubject(slug, type),
      title: type,
      ...(aliases.length > 0 && { 'x-also-at': aliases.map((one) => commandSubject(slug, one)) }),
      servers: NATS,
      messages: { [type]: message },
      reply: true,
    });
    yield;
  }
}

const Alert = z.object({
  alert_id: z.string(),
  type: z.string(),
  timestamp: z.string(),
  kind: z.enum(['created', 'deleted', 'changed']),
  command_types: z.array(z.string()),
  event: z.looseObject({}),
  data_omitted: z.literal(true).optional(),
});

const alertChannel = (draft: Draft, { slug, name }: Aggregate): void => {
  const message = draft.message('Alert', {
    title: 'An audit alert',
    summary: 'A critical event happened; at least once, the same alert_id means the same alert.',
    payload: draft.schema('Alert', answerOf(Alert)),
  });
  draft.channel(`alerts.${slug}`, {
    action: 'send',
    address: alertSubject(slug, '{id}'),
    title: `Audit alerts about ${name}`,
    servers: NATS,
    parameters: ID,
    messages: { Alert: message },
  });
};

/** Server-sent events over HTTP: the whole event as JSON. */
const streamChannel = (draft: Draft): void => {
  const Event = draft.message('Event', {
    title: 'An event of any type',
    summary: 'Its id holds a position per source: who comes again with it goes on behind it.',
    payload: draft.schema('Event', shape('Event')),
  });
  draft.channel('stream', {
    action: 'send',
    address: '/events/stream',
    title: 'Events as they happen, as server-sent events',
    servers: HTTP,
    messages: { Event },
  });
};

const answerChannel = (draft: Draft): void => {
  draft.channels.answers = {
    address: null,
    title: 'Answers to commands, at the inbox of whoever sent one',
    servers: NATS,
    messages: {
      Accepted: draft.message('Accepted', {
        title: 'The command was accepted',
        payload: draft.schema('Accepted', shape('Accepted')),
      }),
      Problem: draft.message('Problem', {
        title: 'The command was refused',
        summary:
          'The code also stands in Nats-Service-Error, the status in Nats-Service-Error-Code.',
        payload: draft.schema('Problem', shape('Problem')),
      }),
    },
  };
  draft.schema('CallerHeaders', {
    type: 'object',
    properties: {
      'X-Api-Key': { type: 'string', description: 'An API key.' },
      Authorization: { type: 'string', description: 'A token: `Bearer …`.' },
      traceparent: { type: 'string', description: 'W3C trace context.' },
    },
  });
};

/** The AsyncAPI 3.0 description of what goes over NATS, and of the stream of events over HTTP. */
export function* asyncApiSteps({
  definitions,
  info,
}: Pick<Described, 'definitions' | 'info'>): Steps<object> {
  const draft = new Draft();
  answerChannel(draft);
  for (const definition of definitions) {
    yield* eventChannel(draft, definition);
    yield* commandChannels(draft, definition);
    if (criticalEvents(definition).size > 0) alertChannel(draft, definition);
  }
  streamChannel(draft);
  const { channels, operations, schemas, messages } = draft;
  return {
    asyncapi: '3.0.0',
    info: {
      title: info.name,
      version: info.version,
      description: 'Events, audit alerts and commands on NATS; the same events over HTTP.',
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: 'localhost:4222', protocol: 'nats', description: 'Where NATS_URL leads to.' },
      http: { host: 'localhost:3000', protocol: 'http', description: 'Where the node listens.' },
    },
    channels,
    operations,
    components: { schemas, messages },
  };
}

/** The same at once. */
export const asyncApiOf = (described: Pick<Described, 'definitions' | 'info'>): object =>
  inOneGo(asyncApiSteps(described));
