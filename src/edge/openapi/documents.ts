import { z } from 'zod';
import type { Projection } from '../../core/projection.js';
import { type JsonSchema, toJson } from '../../core/schema.js';
import { servedView } from '../wire/view-fields.js';
import { namedSchema } from './component.js';
import type { Ref } from './json-schema.js';
import { opened } from './json-schema.js';
import { answerOf, REFLECTION, shape } from './shapes.js';

/** The documents of a projection as readers get them: what `show` adds is not declared anywhere. */
export const documentRef = (projection: Projection): Ref => {
  const { name, show, summary } = projection;
  const made = (): JsonSchema => {
    const schema = toJson(servedView(projection), 'output');
    return { description: summary, ...(show ? opened(schema) : schema) };
  };
  return namedSchema(`documents.${name}`, made);
};

const Page = z.object({
  items: z.array(z.unknown()),
  page: z.int().min(1).nullable().meta({ description: 'null behind a cursor.' }),
  limit: z.int().min(1),
  total: z.int().min(0),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
  ...REFLECTION,
});

/** A page of a list, or what `group_by` answers instead. */
export const pageSchema = (projection: Projection): JsonSchema => {
  const page = namedSchema(`pages.${projection.name}`, () => {
    const { properties, ...rest } = answerOf(Page) as { properties: object };
    const items = { type: 'array', items: documentRef(projection) };
    return { ...rest, properties: { ...properties, items } };
  });
  return { anyOf: [page, namedSchema('Groups', () => shape('Groups'))] };
};
