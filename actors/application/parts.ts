import { type Refusal, refuse } from '../../src/core/refusal.js';
import type { Self } from './deciding.js';

/** A part by its id; never what every object has, such as `constructor`. */
export const partOf = <P>(parts: Readonly<Record<string, P>>, id: string): P | undefined =>
  Object.hasOwn(parts, id) ? parts[id] : undefined;

/** The ids of all that an application consists of. */
export const partIds = ({ services, interfaces }: Self['data']): readonly string[] => [
  ...Object.keys(services),
  ...Object.keys(interfaces),
];

/** Refuse because what a field names is not there. */
export const refuseMissing = (field: string, what: string, where: string): Refusal =>
  refuse('REFERENCE_NOT_FOUND', `${field}: ${where}`, {
    errors: [{ field: `data.${field}`, message: `no such ${what}`, rule: 'REFERENCE' }],
  });

type Wanted = {
  readonly what: 'service' | 'interface';
  readonly id: string;
  /** The application that already has a part of this id, and whether the part is still in use. */
  readonly holder: string | undefined;
  readonly inUse: boolean;
};

/** Refuse an id that is in use here, or was ever used by another application. */
export const refuseUsedId = (
  { data: { name } }: Self,
  self_id: string,
  { what, id, holder, inUse }: Wanted,
): Refusal | undefined => {
  if (inUse) return refuse('ALREADY_EXISTS', `"${name}" has the ${what} ${id} already`);
  if (holder === undefined || holder === self_id) return undefined;
  return refuse(
    'ALREADY_EXISTS',
    `the ${what} ${id} belongs to Application ${holder}: choose another id`,
    { details: { held_by: holder } },
  );
};

/** Refuse a name that another part of the application has. */
export const refuseNameOf = (name: string, held_by: string | undefined): Refusal | undefined =>
  held_by === undefined
    ? undefined
    : refuse('NAME_TAKEN', `${name} is taken by ${held_by}`, { details: { held_by } });
