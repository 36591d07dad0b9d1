import { z } from 'zod';
import { type AnySchema, ownSchema } from './any-schema.js';
import type { State } from './context.js';
import type { Declared, ObjectOf, Of, OppositeTerms, Shape, Stored, Terms } from './declared.js';
import type { CommandSpec, Deed, PartSpec, Setting } from './message.js';
import type { ReferenceSpec } from './reference.js';
import { isRefusal, type Refusal, refuse } from './refusal.js';

type Values = Readonly<Record<string, unknown>>;

type FieldTerms = Terms & {
  readonly event: string;
  /** The field of the command that carries the value, where it has another name. */
  readonly as?: string;
  /** What its event calls it: `previous_…` and `new_…`. */
  readonly called?: string;
  /** Its event has the new value under that name alone; `first`: before the previous one. */
  readonly bare?: true | 'first';
  /** More that it carries, and its event keeps: a reason. */
  readonly also?: Shape;
  /** What people call it; default: `the` and the words of the field. */
  readonly what?: string;
  /** A text, which no message repeats. */
  readonly isText?: true;
  /** The value that means that there is none. */
  readonly empty?: string;
  /** How it is taken back: it need not have a value. */
  readonly cleared?: OppositeTerms;
  readonly of?: PartSpec;
};

type Also<O> = O extends { readonly also: infer A extends Shape }
  ? A
  : Readonly<Record<never, never>>;
type Id<O> = O extends {
  readonly of: { readonly id: infer I extends string; readonly schema: infer S extends AnySchema };
}
  ? { [K in I]: S }
  : Readonly<Record<never, never>>;
type By<F extends string, O> = O extends { readonly as: infer A extends string } ? A : F;
type Called<F extends string, O> = O extends { readonly called: infer A extends string } ? A : F;
type Fresh<F extends string, O> = O extends { readonly bare: true | 'first' }
  ? Called<F, O>
  : `new_${Called<F, O>}`;
type Previous<S extends AnySchema, O> = O extends
  | { readonly cleared: object }
  | { readonly empty: string }
  ? Of<z.output<S> | null>
  : Of<z.output<S>>;
type References<O> = O extends {
  readonly references: infer R extends Readonly<Record<string, ReferenceSpec<AnySchema>>>;
}
  ? R
  : Readonly<Record<never, never>>;
type OneEvent<O, T extends Shape> = O extends { readonly event: infer E extends string }
  ? { [K in E]: ObjectOf<Stored<T>> }
  : never;
type Emitted<O> = O extends { readonly event: infer E extends string } ? readonly [E] : never;
type OneCommand<O, T extends Shape, D> = O extends { readonly command: infer C extends string }
  ? { [K in C]: CommandSpec<ObjectOf<T>, Emitted<O>> & D }
  : never;

type SetEvents<F extends string, S extends AnySchema, O> = OneEvent<
  O,
  Id<O> & { [K in `previous_${Called<F, O>}`]: Previous<S, O> } & {
    [K in Fresh<F, O>]: S;
  } & Also<O>
>;
type ClearEvents<F extends string, S extends AnySchema, O> = O extends {
  readonly cleared: infer Cl;
}
  ? OneEvent<Cl, Id<O> & { [K in `previous_${Called<F, O>}`]: S } & Also<Cl>>
  : Readonly<Record<never, never>>;
type ClearCommands<O> = O extends { readonly cleared: infer Cl }
  ? OneCommand<Cl, Id<O> & Also<Cl>, Declared<unknown, unknown>>
  : Readonly<Record<never, never>>;

/** As it is stored: what a command may leave out has become a value. */
const storedOf = (schema: AnySchema): AnySchema => {
  const { type, innerType } =
    (schema as { def?: { type?: string; innerType?: AnySchema } }).def ?? {};
  return type === 'default' && innerType ? innerType : schema;
};
const objectOf = (shape: Shape): z.ZodObject => z.object(shape as Record<string, z.ZodType>);
const nullableOf = (schema: AnySchema): AnySchema => ownSchema(schema).nullable();
const mapped = (shape: Shape, become: (one: AnySchema) => AnySchema): Shape =>
  Object.fromEntries(Object.entries(shape).map(([name, one]) => [name, become(one)]));
const wordsOf = (field: string): string => field.replaceAll('_', ' ');

/** Snapshots depend on what a change does, which is not to be seen in the text of its function. */
const described = <F extends object>(text: string, change: F): F =>
  Object.assign(change, { toString: () => text });

/** Refuse because what was asked for is so already. */
export const unchanged = (what: string, value: unknown): Refusal =>
  refuse(
    'NO_CHANGE',
    `${what} is ${value === null || value === undefined ? 'not set' : `"${value}" already`}`,
  );

/** What the resource calls a field. */
const shownAs = (field: string, part: PartSpec | null): string =>
  part?.resource?.called?.[field] ?? field;

const holderOf = (part: PartSpec | null, self: State, command: Values): Values | Refusal =>
  part ? part.find(self, String(command[part.id])) : self.data;

/** Data in which a field, or that of a part, has another value. */
const withField =
  (part: PartSpec | null, field: string) =>
  (data: Values, event: Values, value: unknown): object => {
    if (!part) return { [field]: value };
    const all = data[part.within] as Values;
    const id = String(event[part.id]);
    if (!Object.hasOwn(all, id)) return {};
    return { [part.within]: { ...all, [id]: { ...(all[id] as object), [field]: value } } };
  };

type Kept = {
  readonly field: string;
  readonly called: string;
  readonly what: string;
  readonly part: PartSpec | null;
};

const keptOf = (also: Shape, part: PartSpec | null, command: Values): object =>
  Object.fromEntries(
    [...(part ? [part.id] : []), ...Object.keys(also)].map((name) => [name, command[name]]),
  );

const clearing = (
  { field, called, what, part }: Kept,
  value: AnySchema,
  { roles, terms }: { readonly roles: readonly string[]; readonly terms: OppositeTerms },
): CommandSpec => {
  const { event, command: _, also = {}, ...rest } = terms;
  const previous = `previous_${called}`;
  const id = part ? { [part.id]: part.schema } : {};
  const change = withField(part, field);
  const does: Deed = {
    how: 'clear',
    field,
    by: null,
    event,
    schema: objectOf({ ...id, [previous]: value, ...mapped(also, storedOf) }),
    previous,
    empty: undefined,
    part,
    opposite: null,
    evolve: described(`clears ${part?.within ?? ''}/${field}`, (data: Values, told: Values) =>
      change(data, told, null),
    ),
    decide: ({ self, command, context }, judge) => {
      const holder = holderOf(part, self, command);
      if (isRefusal(holder)) return holder;
      const before = holder[field] ?? null;
      if (before === null) return unchanged(what, null);
      const data = { ...keptOf(also, part, command), [previous]: before };
      return judge?.(self, command, context) ?? [{ type: event, data }];
    },
  };
  const sets: Readonly<Record<string, Setting>> = { [shownAs(field, part)]: 'clear' };
  return {
    ...rest,
    roles,
    data: objectOf({ ...id, ...also }),
    emits: [event],
    sets,
    ...(part && { of: part }),
    does,
  } as CommandSpec;
};

/**
 * A command that gives a field another value, with its event, its arrow on the chart, what it
 * decides and changes, and the command that takes the value back.
 *
 * @example
 * MoveToRegion: sets('region', Name, {
 *   event: 'RegionChanged',
 *   summary: 'Record that the server stands in another region.',
 *   roles: ['platform_ops'],
 *   cleared: { command: 'ClearRegion', event: 'RegionCleared', summary: 'Record that nobody knows where it stands.' },
 * })
 */
export const sets = <const F extends string, S extends AnySchema, const O extends FieldTerms>(
  field: F,
  value: S,
  terms: O,
): CommandSpec<ObjectOf<Id<O> & { [K in By<F, O>]: S } & Also<O>>, Emitted<O>, References<O>> &
  Declared<SetEvents<F, S, O> & ClearEvents<F, S, O>, ClearCommands<O>> => {
  const {
    event,
    as = field,
    called = field,
    bare,
    what = `the ${wordsOf(called)}`,
    ...others
  }: FieldTerms = terms;
  const { isText, empty, also = {}, cleared, of: part = null, ...rest } = others;
  const previous = `previous_${called}`;
  const fresh = bare ? called : `new_${called}`;
  const inOrder = <V>(was: V, next: V): Readonly<Record<string, V>> =>
    bare === 'first' ? { [fresh]: next, [previous]: was } : { [previous]: was, [fresh]: next };
  const id = part ? { [part.id]: part.schema } : {};
  const before = cleared || empty !== undefined ? nullableOf(value) : value;
  const kept: Kept = { field, called, what, part };
  const change = withField(part, field);
  const does: Deed = {
    how: 'set',
    field,
    by: as,
    event,
    schema: objectOf({ ...id, ...inOrder(before, value), ...mapped(also, storedOf) }),
    previous,
    empty,
    part,
    opposite: cleared
      ? {
          command: cleared.command,
          spec: clearing(kept, value, { roles: terms.roles, terms: cleared }),
        }
      : null,
    evolve: described(
      `sets ${part?.within ?? ''}/${field} to ${fresh}, none is ${empty}`,
      (data: Values, told: Values) =>
        change(data, told, told[fresh] === empty ? null : told[fresh]),
    ),
    decide: ({ self, command, context }, judge) => {
      const holder = holderOf(part, self, command);
      if (isRefusal(holder)) return holder;
      const [was, next] = [holder[field] ?? null, command[as]];
      if (next === (was ?? empty ?? null))
        return isText ? refuse('NO_CHANGE', `${what} says so already`) : unchanged(what, next);
      const data = { ...keptOf(also, part, command), ...inOrder(was, next) };
      return judge?.(self, command, context) ?? [{ type: event, data }];
    },
  };
  const setting: Setting = empty === undefined ? { to: as } : { to: as, empty };
  const spec = {
    ...rest,
    data: objectOf({ ...id, [as]: value, ...also }),
    emits: [event],
    sets: { [shownAs(field, part)]: setting },
    ...(part && { of: part }),
    does,
  };
  return spec as never;
};

type ClearTerms = Omit<OppositeTerms, 'command'> &
  Pick<FieldTerms, 'called' | 'what' | 'of'> & { readonly roles: readonly string[] };

/** A command that takes a field back which a command of another kind has set. */
export const clears = <const F extends string, S extends AnySchema, const O extends ClearTerms>(
  field: F,
  value: S,
  terms: O,
): CommandSpec<ObjectOf<Id<O> & Also<O>>, Emitted<O>> &
  Declared<
    OneEvent<O, Id<O> & { [K in `previous_${Called<F, O>}`]: S } & Also<O>>,
    Readonly<Record<never, never>>
  > => {
  const {
    called = field,
    what = `the ${wordsOf(called)}`,
    of: part,
    roles,
    ...rest
  }: ClearTerms = terms;
  const opposite = { ...rest, command: '' };
  return clearing({ field, called, what, part: part ?? null }, value, {
    roles,
    terms: opposite,
  }) as never;
};
