import type { z } from 'zod';
import type { Context, EventMeta, EventOf } from '../../src/core/aggregate.js';
import type { CommandSpec } from '../../src/core/message.js';
import type { Refusal } from '../../src/core/refusal.js';
import type { boundaries } from './boundaries.js';
import type { ApplicationData, events } from './schemas.js';

/** An application, as its parts are decided on. */
export type Self = { readonly status: string; readonly data: ApplicationData };

/** `evolve` for some of the events. */
export type Evolving<E extends Readonly<Record<string, z.ZodType>>> = {
  readonly [T in keyof E]: (
    data: ApplicationData,
    event: z.output<E[T]>,
    meta: EventMeta,
  ) => Partial<ApplicationData>;
};

/** `decide` for some of the commands. */
export type Deciding<C extends Readonly<Record<string, CommandSpec>>> = {
  readonly [T in keyof C]: (
    self: Self,
    command: z.output<C[T]['data']>,
    context: Context<C[T]['references'], typeof boundaries>,
  ) => readonly EventOf<typeof events, C[T]['emits'][number] & keyof typeof events>[] | Refusal;
};
