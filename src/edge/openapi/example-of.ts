import type { z } from 'zod';
import { type JsonSchema, toJson } from '../../core/schema.js';

/** Texts that an example is made of: the first that a schema takes. */
const TEXTS = [
  'Example',
  'example',
  'example-1',
  'example.org',
  '2030-01-06',
  '2026-01-06T10:00:00Z',
  '00000000-0000-4000-8000-000000000000',
  'someone@example.org',
  'https://example.org',
  '1.0.0',
  '99.9%',
  '30d',
  'daily',
  'EX 1',
];
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  date: '2030-01-06',
  'date-time': '2026-01-06T10:00:00Z',
  email: 'someone@example.org',
  uri: 'https://example.org',
};

type Part = JsonSchema & {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Part[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly items?: Part;
};

const textOf = ({ format, pattern, minLength = 0, maxLength = 1_000 }: Part): string => {
  const known = FORMATS[String(format)];
  if (known !== undefined) return known;
  const expression = new RegExp(typeof pattern === 'string' ? pattern : '', 'u');
  const fits = (text: string): boolean =>
    text.length >= Number(minLength) && text.length <= Number(maxLength) && expression.test(text);
  return TEXTS.find(fits) ?? 'Example';
};

const sampleOf = (schema: Part): unknown => {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0]);
  if (schema.type === 'object')
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]),
    );
  if (schema.type === 'array')
    return Number(schema.minItems ?? 0) > 0 ? [sampleOf(schema.items ?? {})] : [];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  return textOf(schema);
};

/** Data that a schema takes: its required fields. Undefined where none could be made up. */
export const exampleOf = (schema: z.ZodType): unknown => {
  const sample = sampleOf(toJson(schema, 'input') as Part);
  return schema.safeParse(sample).success ? sample : undefined;
};
