import type { Wrong } from './draft.js';
import type { Field } from './shape-of.js';

/** Where a field stands in a form, and what is known there. */
export type Place = {
  /** `covers.0.command_type`: as the server names it, without `data.`. */
  readonly path: string;
  readonly errors: readonly Wrong[];
  /** What the thing says now in a field of the same name. */
  readonly now?: Readonly<Record<string, unknown>> | undefined;
};

export const wrongAt = ({ path, errors }: Place): string | undefined =>
  errors.find(({ field }) => field === path)?.message;

export const inside = (place: Place, name: string | number): Place => ({
  path: place.path === '' ? String(name) : `${place.path}.${name}`,
  errors: place.errors,
});

/** What helps to fill in a field: what the schema says, and its limits. */
export const hintOf = ({ shape, help }: Field): string | undefined => {
  if (help) return help;
  if (shape.kind === 'number' && (shape.min !== undefined || shape.max !== undefined))
    return [
      ...(shape.min === undefined ? [] : [`from ${shape.min}`]),
      ...(shape.max === undefined ? [] : [`to ${shape.max}`]),
    ].join(' ');
  if (shape.kind === 'datetime') return 'in UTC';
  if (shape.kind === 'json') return 'as JSON';
  return undefined;
};
