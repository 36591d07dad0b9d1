import type { Projection } from '../../core/projection.js';
import type { JsonSchema } from '../../core/schema.js';
import { type Answer, json, NOT_MODIFIED, pageSchema, QUERY, REFLECTED } from '../openapi/index.js';
import { LINE_TYPES } from './forms.js';
import { filters, orders } from './list-parameters.js';
import type { Described } from './route.js';
import { READING, shared } from './shared-parameters.js';

const LINES: JsonSchema = { type: 'string', description: 'Every document, one a line.' };

/** The same documents as a file. */
const withLines = ({ content, ...answer }: Answer): Answer => ({
  ...answer,
  content: {
    ...content,
    ...Object.fromEntries(Object.values(LINE_TYPES).map((type) => [type, { schema: LINES }])),
  },
});

/** A list of documents, wherever it stands. */
export const describeList = (
  projection: Projection,
  named: Pick<Described, 'path' | 'id' | 'tag' | 'summary'>,
): Described => ({
  ...named,
  description:
    'Filters are joined by and, the values of one by or. `page` counts, `cursor` walks. With `format` or `Accept` for CSV or JSON lines it is everything, as a file.',
  parameters: [
    ...filters(projection),
    ...orders(projection),
    ...shared('page', 'limit', 'cursor', 'format', ...READING, 'If-None-Match'),
  ],
  answers: {
    200: withLines(
      json('A page, or counts per value.', pageSchema(projection), {
        headers: [...REFLECTED, 'Link', 'Content-Disposition'],
      }),
    ),
    304: NOT_MODIFIED,
  },
  refusals: QUERY,
});
