import { z } from 'zod';
import { type AnySchema, ownSchema } from './any-schema.js';
import { partsOf } from './schema-parts.js';

/** What a field may be marked as. Marks show in JSON Schema as `x-mark`. */
export type Mark = 'secret' | 'personal';
const MARK = 'x-mark';
const REDACTED = '[redacted]';

const marking = <S extends AnySchema>(schema: S, mark: Mark): S =>
  ownSchema(schema).meta({ [MARK]: mark }) as unknown as S;

/** A field that must never reach events, the journal, logs or errors: a password, a token. */
export const secret = <S extends AnySchema>(schema: S): S => marking(schema, 'secret');

/** A field about a natural person. Kept as it is for now; erasure by key comes with encryption. */
export const personal = <S extends AnySchema>(schema: S): S => marking(schema, 'personal');

const markOf = (schema: z.ZodType): Mark | undefined =>
  z.globalRegistry.get(schema)?.[MARK] as Mark | undefined;

type Marked = {
  /** Keys from the outside in, one list for each marked field; `*` = any element or key. */
  readonly keys: readonly (readonly string[])[];
  /** The schema holds itself: keys say where its marks are on the first level only. */
  readonly holdsItself: boolean;
};

const marked = (schema: z.ZodType, marks: readonly Mark[]): Marked => {
  const keys = new Map<string, readonly string[]>();
  let holdsItself = false;
  const visit = (at: z.ZodType, path: readonly string[], seen: readonly z.ZodType[]): void => {
    if (seen.includes(at)) {
      holdsItself = true;
      return;
    }
    const mark = markOf(at);
    if (mark && marks.includes(mark)) keys.set(JSON.stringify(path), path);
    for (const [key, inner] of partsOf(at))
      visit(inner, key === null ? path : [...path, key], [...seen, at]);
  };
  visit(schema, [], []);
  return { keys: [...keys.values()], holdsItself };
};

/** The paths (`contact.email`, `tokens.*`) of all fields that carry a mark, for people. */
export const markedPaths = (schema: z.ZodType, marks: readonly Mark[]): readonly string[] =>
  marked(schema, marks).keys.map((path) => path.join('.'));

/** Whether marks stand in a schema that holds itself, where they could not all be found. */
export const marksOutOfReach = (schema: z.ZodType): boolean => {
  const { keys, holdsItself } = marked(schema, ['secret', 'personal']);
  return holdsItself && keys.length > 0;
};

const replaceAt = (
  value: unknown,
  path: readonly string[],
  onHit: (hit: unknown) => unknown,
): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return value === undefined || value === null ? value : onHit(value);
  if (typeof value !== 'object' || value === null) return value;
  const wanted = (name: string): boolean => key === '*' || key === name;
  if (Array.isArray(value))
    return value.map((one, i) => (wanted(String(i)) ? replaceAt(one, rest, onHit) : one));
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      wanted(name) ? replaceAt(one, rest, onHit) : one,
    ]),
  );
};

/** A function that returns a copy of a value in which marked fields read `[redacted]`, or `mask`. */
export const redactor = (
  schema: z.ZodType,
  marks: readonly Mark[],
  mask: string = REDACTED,
): ((value: unknown) => unknown) => {
  const paths = marked(schema, marks).keys;
  if (paths.length === 0) return (value) => value;
  return (value) => paths.reduce((at, path) => replaceAt(at, path, () => mask), value);
};

/** A function that lists the texts and numbers that stand in marked fields of a value. */
export const markedValues = (
  schema: z.ZodType,
  marks: readonly Mark[],
): ((value: unknown) => string[]) => {
  const paths = marked(schema, marks).keys;
  return (value) => (paths.length === 0 ? [] : valuesAt(value, paths));
};

const valuesAt = (value: unknown, paths: readonly (readonly string[])[]): string[] => {
  const found: string[] = [];
  const collect = (hit: unknown): unknown => {
    if (typeof hit === 'object' && hit !== null) Object.values(hit).forEach(collect);
    else if (typeof hit === 'string' || typeof hit === 'number') found.push(String(hit));
    return hit;
  };
  for (const path of paths) replaceAt(value, path, collect);
  return found;
};
