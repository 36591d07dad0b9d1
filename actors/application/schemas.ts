import { z } from 'zod';
import { Classification, Correctable, Criticality, Environment, Tag } from '../shared.js';
import { applicationCommands } from './application-commands.js';
import { applicationEvents } from './application-events.js';
import { Interface, interfaceCommands, interfaceEvents } from './interface-messages.js';
import { Service, serviceCommands, serviceEvents } from './service-messages.js';

export const events = { ...applicationEvents, ...serviceEvents, ...interfaceEvents };
export const commands = { ...applicationCommands, ...serviceCommands, ...interfaceCommands };

/** What is known of an application. Its lifecycle is its status. */
export const data = z.object({
  name: z.string().default(''),
  owner: z.string().default(''),
  description: z.string().nullable().default(null),
  tags: z.array(Tag).default([]),
  criticality: Criticality.nullable().default(null),
  data_classification: Classification.default('internal'),
  capability_id: z.string().nullable().default(null),
  deployments: z.array(z.object({ server_id: z.string(), environment: Environment })).default([]),
  sunset_date: z.string().nullable().default(null),
  services: z.record(z.string(), Service).default({}),
  interfaces: z.record(z.string(), Interface).default({}),
  correctable: Correctable.default({}),
});

export type ApplicationData = z.output<typeof data>;
