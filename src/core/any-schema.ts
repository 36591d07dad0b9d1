import type { z } from 'zod';

/**
 * A schema, of whichever copy of zod 4: all that types may ask of what an author hands in. The
 * compiler never ends comparing the types of two copies, and a program may well have its own.
 */
export type AnySchema = { readonly _zod: { readonly output: unknown; readonly input: unknown } };

/** The same of an object. */
export type AnyObject = AnySchema & { readonly shape: Readonly<Record<string, AnySchema>> };

/** A schema as this program's own copy of zod has it: at run time all copies are alike. */
export const ownSchema = <S extends z.ZodType = z.ZodType>(schema: AnySchema): S =>
  schema as unknown as S;
