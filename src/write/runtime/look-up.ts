import type { Command } from '../../core/command.js';
import { typeOf } from '../../core/reference.js';
import { Fault, type Refusal } from '../../core/refusal.js';
import type { Peeked } from './actor-context.js';
import type { Lookups } from './decide-one.js';
import { type Owner, type Owners, type OwnerWanted, ownerKey } from './ownership.js';

type Peek = (type: string, id: string) => Promise<Peeked | null>;
type Looking = {
  readonly boundaries: Lookups['boundaries'] | undefined;
  /** Found before; more is added when a decision turns out to need it. */
  readonly owners: Owners;
  readonly now: () => string;
  readonly peek: Peek;
  readonly unapproved: (command: Command, now: string) => Promise<Refusal | undefined>;
};

/** An error of whatever kind as a fault. */
export const asFault = (error: unknown): Fault =>
  error instanceof Fault
    ? error
    : new Fault('UNEXPECTED', 'the runtime met an error it does not know', { cause: error });

const peekReferences = async (
  { spec, data }: Command,
  peek: Peek,
): Promise<Lookups['references']> => {
  const found = Object.entries(spec.references ?? {}).map(async ([name, reference]) => {
    const id = data[reference.by];
    const of = typeOf(reference, data);
    const other = typeof id === 'string' && of !== undefined ? await peek(of, id) : null;
    if (!other) return [name, null] as const;
    const { id: known, status, data: whole } = other;
    return [name, { id: known, status, data: reference.view.parse(whole) }] as const;
  });
  return Object.fromEntries(await Promise.all(found));
};

const lookUpOne = async (
  command: Command,
  { boundaries, owners, peek, unapproved, now }: Looking,
): Promise<Lookups> => {
  const { spec } = command;
  const found = { references: {}, boundaries: boundaries ?? {}, owners };
  if (!spec.references && !spec.approval) return found;
  return {
    ...found,
    references: await peekReferences(command, peek),
    unapproved: spec.approval ? await unapproved(command, now()) : undefined,
  };
};

/**
 * What the decisions about commands need to know of others, in their order: each by itself, so that
 * the one whose reference cannot be read fails alone.
 */
export const lookUp = (
  commands: readonly Command[],
  looking: Looking,
): Promise<readonly (Lookups | Fault)[]> =>
  Promise.all(commands.map((command) => lookUpOne(command, looking).catch(asFault)));

/** Add whom ownership asks about to those who were found before. */
export const lookUpOwners = async (
  { definition }: Command,
  wanted: readonly OwnerWanted[],
  { owners, peek }: { readonly owners: Map<string, Owner>; readonly peek: Peek },
): Promise<void> => {
  const found = wanted.map(async (one) => {
    const owner = await peek(one.type, one.id).catch(asFault);
    if (owner === null || owner instanceof Fault) return [ownerKey(one), owner] as const;
    const { view } = definition.ownership!.references![one.name]!;
    return [ownerKey(one), { ...owner, data: view.parse(owner.data) }] as const;
  });
  for (const [key, owner] of await Promise.all(found)) owners.set(key, owner);
};
