import type { z } from 'zod';
import type { AnySchema } from './any-schema.js';
import type { CommandSpec, Deed } from './message.js';
import type { ReferenceSpec } from './reference.js';

/** The fields of an object schema, of whichever copy of zod. */
export type Shape = Readonly<Record<string, AnySchema>>;
type Optional<T extends Shape> = {
  [K in keyof T]: undefined extends z.input<T[K]> ? K : never;
}[keyof T];

/** An object schema as types see it, whichever copy of zod its fields are from. */
export type ObjectOf<T extends Shape> = {
  readonly shape: T;
  readonly _zod: {
    readonly output: { [K in keyof T]: z.output<T[K]> };
    readonly input: { [K in Exclude<keyof T, Optional<T>>]: z.input<T[K]> } & {
      [K in Optional<T>]?: z.input<T[K]>;
    };
  };
};
/** A schema of which only the type of its values matters. */
export type Of<V> = { readonly _zod: { readonly output: V; readonly input: V } };
export type Stored<T extends Shape> = { [K in keyof T]: Of<z.output<T[K]>> };

/** A command that a declaration made, with the events and commands that come with it. */
export type Declared<Events, Commands> = {
  readonly does: Deed & {
    readonly types?: { readonly events: Events; readonly commands: Commands };
  };
};

/** What a command says besides what it carries and does. */
export type Terms = Pick<
  CommandSpec,
  'roles' | 'sensitive' | 'critical' | 'approval' | 'inPerson' | 'aliases' | 'boundaries'
> & {
  readonly summary: string;
  readonly references?: Readonly<Record<string, ReferenceSpec<AnySchema>>>;
};
/** The command that is declared together with another one, whose roles it has. */
export type OppositeTerms = Omit<Terms, 'roles' | 'references'> & {
  readonly command: string;
  readonly event: string;
  /** More that it carries, and its event keeps. */
  readonly also?: Shape;
};
