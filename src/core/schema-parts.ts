import type { z } from 'zod';

type Def = {
  type: string;
  coerce?: boolean;
  transform?: unknown;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  items?: readonly z.ZodType[];
  options?: readonly z.ZodType[];
  valueType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
  rest?: z.ZodType | null;
  catchall?: z.ZodType;
  left?: z.ZodType;
  right?: z.ZodType;
};

/** What a schema is made of, as zod keeps it. */
export const defOf = (schema: z.ZodType): Def => (schema as unknown as { def: Def }).def;

/** What `z.lazy` stands for, made once. */
const lazily = (schema: z.ZodType): z.ZodType | undefined =>
  (schema as unknown as { _zod: { innerType?: z.ZodType } })._zod.innerType;

/** Every schema directly inside another, with the key it stands under (`*` = any element or key). */
export const partsOf = (schema: z.ZodType): readonly (readonly [string | null, z.ZodType])[] => {
  const def = defOf(schema);
  if (def.shape)
    return [...Object.entries(def.shape), ...(def.catchall ? [['*', def.catchall] as const] : [])];
  const each = [def.element, def.valueType, def.rest ?? undefined].filter(
    (one) => one !== undefined,
  );
  const same = [
    def.type === 'lazy' ? lazily(schema) : def.innerType,
    def.in,
    def.out,
    def.left,
    def.right,
    ...(def.options ?? []),
  ];
  return [
    ...each.map((one) => ['*', one] as const),
    ...(def.items ?? []).map((one) => ['*', one] as const),
    ...same.filter((one) => one !== undefined).map((one) => [null, one] as const),
  ];
};
