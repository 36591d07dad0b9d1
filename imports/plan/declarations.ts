import { z } from 'zod';
import type { Aggregate } from '../../src/core/aggregate.js';
import type { Deed } from '../../src/core/message.js';
import { whyOf } from '../../src/core/why.js';
import type { Change } from './change.js';

/** A command that a definition declares for a field, as an import sends it. */
export type Declaration = {
  readonly does: Deed;
  /** The command with a value, and why it is sent where it takes that; null = nothing. */
  readonly make: (value: unknown, because: string) => Change;
  /** It takes null for nothing. */
  readonly takesNone: boolean;
  /** It takes several members of a list at once. */
  readonly takesMany: boolean;
};

/** What a definition says of how each of its fields is changed. */
export const declarationsOf = ({ commands }: Aggregate): readonly Declaration[] =>
  Object.entries(commands).flatMap(([command_type, spec]): Declaration[] => {
    const { does } = spec;
    if (!does) return [];
    const { by, empty } = does;
    const why = whyOf(spec);
    const declaration: Declaration = {
      does,
      takesNone: by !== null && spec.data.shape[by]?.safeParse(null).success === true,
      takesMany: by !== null && spec.data.shape[by] instanceof z.ZodArray,
      make: (value, because) => ({
        command_type,
        data: {
          ...(by !== null && { [by]: value === null ? (empty ?? null) : value }),
          ...(why !== undefined && { [why]: because }),
        },
      }),
    };
    return [declaration];
  });
