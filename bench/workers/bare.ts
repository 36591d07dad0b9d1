import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { actors } from '../../actors/index.js';
import { parseCommand } from '../../src/core/command.js';
import { eventJson } from '../../src/core/event.js';
import { isRefusal } from '../../src/core/refusal.js';
import { registry } from '../../src/core/registry.js';
import { type Served, serveHttp } from '../../src/edge/http/serve-http.js';
import { idsOf, ownerEvent } from '../samples.js';
import { answerCalls } from '../worker.js';

let served: Served | undefined;
const known = registry(actors);
const event = ownerEvent(idsOf('bare', 1)[0]!);

/** Hono, the same envelope and data schemas, an answer of the same size, and no store. */
const app = new Hono();
app.post('/applications/:id/commands/set-owner', async (c) => {
  const command = parseCommand(known, {
    command_id: randomUUID(),
    command_type: 'SetOwner',
    aggregate_type: 'Application',
    aggregate_id: c.req.param('id'),
    actor: c.req.header('x-actor'),
    actor_type: 'user',
    source: 'api',
    command_timestamp: new Date().toISOString(),
    data: await c.req.json(),
  });
  if (isRefusal(command)) return c.json(command, 400);
  const { command_id, aggregate_id } = command;
  return c.json({
    command_id,
    aggregate_type: 'Application',
    aggregate_id,
    aggregate_version: 2,
    position: 'application:2',
    replayed: false,
    events: [eventJson({ ...event, sequence: 2 }, 'application')],
  });
});

const handlers = {
  open: async (_: null): Promise<string> => {
    served = await serveHttp({ app: app as never, host: '127.0.0.1', port: 0 });
    return served.url;
  },
};
export type Bare = typeof handlers;

answerCalls(handlers, async () => served?.close());
