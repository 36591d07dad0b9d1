import type { JsonSchema } from '../../core/schema.js';
import type { Ref } from './json-schema.js';

export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
};
type Content = Readonly<Record<string, { readonly schema: JsonSchema | Ref; example?: unknown }>>;
export type Answer = {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Ref>>;
  readonly content?: Content;
};

/** Routes that are refused for the same reasons: a short name, and the stable codes. */
export type Refusals = { readonly name: string; readonly codes: readonly string[] };

/** What is said of a route to those who use it. */
export type Description = {
  /** Stable: programs are generated from it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly body?: { readonly required: boolean; readonly content: Content };
  readonly answers: Readonly<Record<number, Answer>>;
  readonly refusals: Refusals;
  /** What only programs want to know: `x-roles` and the like. */
  readonly traits?: Readonly<Record<string, unknown>>;
};

/** One operation of a document. */
export type Operation = Description & {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `/doors/{id}` */
  readonly path: string;
  /** Nobody needs to be known for it. */
  readonly open?: true;
};
