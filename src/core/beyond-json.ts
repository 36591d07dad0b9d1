import type { z } from 'zod';
import { defOf, partsOf } from './schema-parts.js';

/** Kinds of values that JSON does not have, and what to write instead. */
const FOREIGN: Readonly<Record<string, string>> = {
  date: 'z.iso.datetime() or z.iso.date(), a text',
  bigint: 'z.int(), or a text',
  map: 'z.record()',
  set: 'z.array()',
  nan: 'z.number().nullable()',
  symbol: 'a text',
  promise: 'what it resolves with',
  function: 'what it returns',
  file: 'a text',
};

const classOf = (schema: z.ZodType): string | undefined =>
  (schema as unknown as { _zod: { bag?: { Class?: { name: string } } } })._zod.bag?.Class?.name;

/** Whether what is parsed becomes something else: read back, it would be parsed a second time. */
const transforms = (schema: z.ZodType): boolean => {
  const { type, transform, out } = defOf(schema);
  return type === 'pipe' && (transform !== undefined || (out && defOf(out).type) === 'transform');
};

const complaint = (schema: z.ZodType, stored: boolean): string | undefined => {
  const { type, coerce } = defOf(schema);
  const instead = FOREIGN[type];
  if (instead !== undefined) return `is a ${type}, which JSON does not have: write ${instead}`;
  const of = classOf(schema);
  if (of !== undefined) return `is a ${of}, which JSON does not have: write what it is made of`;
  if (coerce) return `is coerced, so that anything passes for a ${type}: write z.${type}()`;
  if (stored && transforms(schema))
    return 'is transformed, but what is stored is parsed again when it is read: write the schema of what is stored';
  return undefined;
};

/**
 * Where a schema takes or gives something that JSON cannot hold, and what to write instead;
 * undefined = nowhere. `stored` = what it gives is kept and parsed again when it is read.
 */
export const beyondJson = (
  schema: z.ZodType,
  { stored }: { readonly stored: boolean },
): string | undefined => {
  const seen = new Set<z.ZodType>();
  const visit = (at: z.ZodType, path: readonly string[]): string | undefined => {
    if (seen.has(at)) return undefined;
    seen.add(at);
    const wrong = complaint(at, stored);
    if (wrong !== undefined) return `"${path.join('.')}" ${wrong}`;
    for (const [key, part] of partsOf(at)) {
      const found = visit(part, key === null ? path : [...path, key]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(schema, []);
};
