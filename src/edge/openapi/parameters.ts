import { AGGREGATE_ID } from '../../core/ids.js';
import type { JsonSchema } from '../../core/schema.js';
import type { Parameter } from './operation.js';

const TEXT: JsonSchema = { type: 'string' };
const ID: JsonSchema = { type: 'string', pattern: AGGREGATE_ID.source };

/** A parameter of a path; an id of an aggregate unless it says otherwise. */
export const inPath = (name: string, schema: JsonSchema = ID, description?: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema,
  ...(schema === ID && { example: 'Example' }),
  ...(description && { description }),
});

export const inQuery = (
  name: string,
  description: string,
  schema: JsonSchema = TEXT,
): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});

export const inHeader = (
  name: string,
  description: string,
  schema: JsonSchema = TEXT,
): Parameter => ({
  name,
  in: 'header',
  description,
  schema,
});
