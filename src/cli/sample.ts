import { z } from 'zod';
import type { Aggregate } from '../core/aggregate.js';
import { creates } from '../core/command.js';
import type { CommandSpec } from '../core/message.js';

type Json = {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Json[];
};

const TEXTS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  date: '2026-01-06',
  'date-time': '2026-01-06T10:00:00Z',
  email: 'someone@example.org',
  uri: 'https://example.org',
};

const sampleOf = (schema: Json): unknown => {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0]);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]),
      );
    case 'array':
      return [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    default:
      return TEXTS[schema.format ?? ''] ?? 'Example';
  }
};

/** Data that shows what a command takes: its required fields, with values of the right kind. */
export const sampleData = ({ data }: CommandSpec): unknown =>
  sampleOf(z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' }) as Json);

export type Sample = {
  readonly type: string;
  readonly create: string;
  readonly createData: string;
  readonly change: string;
  readonly changeData: string;
};

/** Names for the examples in the help, from the definitions that are there. */
export const sampleFor = ({ slug, ...definition }: Aggregate): Sample => {
  const commands = Object.entries(definition.commands);
  const whole = { slug, ...definition };
  const first = commands.find(([, spec]) => creates(whole, spec)) ?? commands[0]!;
  const later =
    commands.find(([, spec]) => spec.sensitive && !creates(whole, spec)) ??
    commands.find(([, spec]) => !creates(whole, spec)) ??
    first;
  return {
    type: slug,
    create: first[0],
    createData: JSON.stringify(sampleData(first[1])),
    change: later[0],
    changeData: JSON.stringify(sampleData(later[1])),
  };
};
