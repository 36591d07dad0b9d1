import type { z } from 'zod';
import { type JsonSchema, toJson } from '../../core/schema.js';
import type { Ref } from './json-schema.js';
import type { Parameter } from './operation.js';

type Kind = 'schemas' | 'parameters';

/** A part that a document keeps once, under a name; where it is used stands the reference alone. */
export class Component implements Ref {
  readonly $ref: string;
  readonly #kind: Kind;
  readonly #name: string;
  readonly #make: () => object;

  constructor(kind: Kind, name: string, make: () => object) {
    this.$ref = `#/components/${kind}/${name}`;
    this.#kind = kind;
    this.#name = name;
    this.#make = make;
  }

  get kind(): Kind {
    return this.#kind;
  }

  get name(): string {
    return this.#name;
  }

  make(): object {
    return this.#make();
  }
}

/** A schema of what is answered, under a name. */
export const answerSchema = (name: string, schema: z.ZodType): Component =>
  new Component('schemas', name, () => toJson(schema, 'output'));

/** A schema under a name. */
export const namedSchema = (name: string, make: () => JsonSchema): Component =>
  new Component('schemas', name, make);

/** A parameter that many routes share, under a name. */
export const namedParameter = (name: string, parameter: Parameter): Component =>
  new Component('parameters', name, () => parameter);
