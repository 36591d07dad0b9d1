import type { JsonSchema } from '../../core/schema.js';
import { namedSchema } from './component.js';
import type { Ref } from './json-schema.js';
import type { Answer } from './operation.js';
import { type Shape, shape } from './shapes.js';

const TEXT = { schema: { type: 'string' } };

/** The headers that answers name. Every answer also has `X-Request-Id` and `traceparent`. */
export const HEADERS = {
  ETag: { description: 'The version, or a digest of the content.', ...TEXT },
  Location: { description: 'Where it can be read.', ...TEXT },
  Link: { description: 'The next page, as rel="next".', ...TEXT },
  'Content-Disposition': { description: 'The name of the file, of an export.', ...TEXT },
  'Retry-After': { description: 'Seconds to wait.', ...TEXT },
  'Preference-Applied': { description: 'The preference that the answer follows.', ...TEXT },
  'Stele-Position': { description: 'What the answer reflects, such as `source:42`.', ...TEXT },
  'Stele-As-Of': { description: 'The moment that is shown, on the recorded clock.', ...TEXT },
  'Stele-Effective-At': { description: 'The moment that is shown, in the world.', ...TEXT },
} as const;
type Header = keyof typeof HEADERS;

export const headers = (...names: readonly Header[]): Readonly<Record<string, Ref>> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** An answer with a JSON body. */
export const json = (
  description: string,
  schema: JsonSchema | Ref,
  more: { readonly headers?: readonly Header[]; readonly example?: unknown } = {},
): Answer => ({
  description,
  ...(more.headers && { headers: headers(...more.headers) }),
  content: {
    'application/json': { schema, ...(more.example !== undefined && { example: more.example }) },
  },
});

/** An answer with a body of a fixed form. */
export const shaped = (name: Shape, description: string, ...named: readonly Header[]): Answer =>
  json(
    description,
    namedSchema(name, () => shape(name)),
    { headers: named },
  );

/** Of a file, which reflects nothing. */
export const SAME: Answer = { description: 'What If-None-Match names still holds.' };
export const NOT_MODIFIED: Answer = {
  description: 'What If-None-Match names still holds.',
  headers: headers('ETag', 'Stele-Position'),
};
/** The headers of an answer made from documents. */
export const REFLECTED = ['ETag', 'Stele-Position', 'Stele-As-Of', 'Stele-Effective-At'] as const;

/** An answer that is a text of one of these types. */
export const text = (description: string, ...types: readonly string[]): Answer => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])),
});
