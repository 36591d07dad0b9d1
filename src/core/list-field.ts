import { z } from 'zod';
import { type AnyObject, type AnySchema, ownSchema } from './any-schema.js';
import type { Declared, ObjectOf, OppositeTerms, Terms } from './declared.js';
import type { CommandSpec, Deed, Setting } from './message.js';
import { type Refusal, refuse } from './refusal.js';

/** Members of one list of an aggregate: each command reads and each event writes all of them. */
export const LIST_MAX = 500;

/** Refuse what would make a list longer than it may be. */
export const refuseFull = (
  what: string,
  { now, more = 1, most = LIST_MAX }: { now: number; more?: number; most?: number },
): Refusal | undefined =>
  now + more > most
    ? refuse('LIST_FULL', `${what}: ${now} are there, and there may be ${most}`, {
        details: { now, most },
      })
    : undefined;

/** What to say of a member that is there already, or is not there, and of what it would be one. */
type Says = (member: string, name: string) => string;

type ListTerms = Terms & {
  readonly event: string;
  /** The field of commands and events that carries one member, or (a list) several. */
  readonly as?: string;
  /** What one is told who adds a member that is there. */
  readonly there?: Says;
  /** What one is told who removes a member that is not there. */
  readonly missing?: Says;
  readonly removed: OppositeTerms;
};

type By<F extends string, O> = O extends { readonly as: infer A extends string } ? A : F;
type One<O, V> = O extends { readonly event: infer E extends string } ? { [K in E]: V } : never;
type Emitted<O> = O extends { readonly event: infer E extends string } ? readonly [E] : never;
type Removed<O> = O extends { readonly removed: infer R } ? R : never;
type Commands<R, S extends AnyObject> = R extends { readonly command: infer C extends string }
  ? { [K in C]: CommandSpec<S, Emitted<R>> & Declared<unknown, unknown> }
  : never;
type Carried<F extends string, S extends AnySchema, O> = ObjectOf<{ [K in By<F, O>]: S }>;

type Listing = {
  readonly how: 'add' | 'remove';
  readonly field: string;
  readonly by: string;
  readonly value: z.ZodType;
  readonly says: Says | undefined;
};

const membersIn = (told: unknown): readonly unknown[] => [...new Set([told].flat())];

const listing = (
  { how, field, by, value, says }: Listing,
  { event, ...rest }: Terms & { readonly event: string },
  opposite: Deed['opposite'],
): CommandSpec => {
  const schema = z.object({ [by]: value });
  const isAdding = how === 'add';
  const together = value instanceof z.ZodArray;
  const setting: Setting = isAdding ? { add: by } : { remove: by };
  const evolve = (
    data: Readonly<Record<string, unknown>>,
    told: Readonly<Record<string, unknown>>,
  ) => {
    const now = data[field] as readonly unknown[];
    const some = membersIn(told[by]);
    return {
      [field]: isAdding
        ? [...now, ...some.filter((one) => !now.includes(one))]
        : now.filter((one) => !some.includes(one)),
    };
  };
  const does: Deed = {
    how,
    field,
    by,
    event,
    schema,
    previous: null,
    empty: undefined,
    part: null,
    opposite,
    evolve: Object.assign(evolve, { toString: () => `${how}s ${by} of ${field}` }),
    decide: ({ self, command, context }, judge) => {
      const now = self.data[field] as readonly unknown[];
      const some = membersIn(command[by]).filter((one) => now.includes(one) !== isAdding);
      if (some.length === 0)
        return says ? refuse('NO_CHANGE', says(String(command[by]), String(self.data.name))) : [];
      const data = { [by]: together ? some : some[0] };
      const full = isAdding && refuseFull(field, { now: now.length, more: some.length });
      return full || (judge?.(self, command, context) ?? [{ type: event, data }]);
    },
  };
  return {
    ...rest,
    data: schema,
    emits: [event],
    sets: { [field]: setting },
    does,
  } as unknown as CommandSpec;
};

/**
 * A command that adds to a list, with its event, its arrow on the chart, what it decides and
 * changes, and the command that removes again. A schema that is a list takes several at once.
 *
 * @example
 * AddDomain: adds('domains', DomainName, {
 *   as: 'domain',
 *   event: 'DomainAdded',
 *   summary: 'Record a DNS domain of the organization.',
 *   roles: ['architect'],
 *   removed: { command: 'RemoveDomain', event: 'DomainRemoved', summary: 'Record that it is none of its domains.' },
 * })
 */
export const adds = <const F extends string, S extends AnySchema, const O extends ListTerms>(
  field: F,
  value: S,
  terms: O,
): CommandSpec<Carried<F, S, O>, Emitted<O>> &
  Declared<
    One<O, Carried<F, S, O>> & One<Removed<O>, Carried<F, S, O>>,
    Commands<Removed<O>, Carried<F, S, O>>
  > => {
  const { as: by = field, there, missing, removed, ...rest }: ListTerms = terms;
  const { command, also: _, ...opposite } = removed;
  const own = { field, by, value: ownSchema(value) };
  const spec = listing(
    { ...own, how: 'remove', says: missing },
    { ...opposite, roles: terms.roles },
    null,
  );
  return listing({ ...own, how: 'add', says: there }, rest, { command, spec }) as never;
};
