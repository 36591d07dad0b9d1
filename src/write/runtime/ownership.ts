import type { Referenced } from '../../core/aggregate.js';
import { notOwned } from '../../core/authorize.js';
import { presence } from '../../core/chart.js';
import type { Command } from '../../core/command.js';
import { typeOf } from '../../core/reference.js';
import { Fault, type Refusal } from '../../core/refusal.js';
import type { Peeked } from './actor-context.js';
import type { Point } from './point.js';

/** Another aggregate that ownership asks about: the name of the reference, and which one it is. */
export type OwnerWanted = { readonly name: string; readonly type: string; readonly id: string };
/** What was found of one: the aggregate, null where there is none, or why it could not be looked up. */
export type Owner = Peeked | null | Fault;
export type Owners = ReadonlyMap<string, Owner>;
export const ownerKey = ({ name, type, id }: OwnerWanted): string => `${name}/${type}/${id}`;

/** Whether nothing changed of them between two looks: then all were so together in between. */
export const areSame = (before: Owners, after: Owners): boolean =>
  [...before].every(([key, one]) => {
    // Nothing was decided on one that could not be looked up.
    if (one instanceof Fault) return true;
    const other = after.get(key);
    return !(other instanceof Fault) && one?.version === other?.version;
  });

/** Nothing can be decided before these have been looked up. */
export class OwnersUnknown extends Error {
  override readonly name = 'OwnersUnknown';
  readonly wanted: readonly OwnerWanted[];
  constructor(wanted: readonly OwnerWanted[]) {
    super('whose it is has not been looked up yet');
    this.wanted = wanted;
  }
}

/** Whom ownership asks about at a point. Who owns it, the aggregate says; before it exists, the command. */
export const ownersWanted = (
  { definition, data }: Command,
  { state }: Pick<Point, 'state'>,
): OwnerWanted[] => {
  const known = presence(definition.chart, state.status) === 'absent' ? data : state.data;
  return Object.entries(definition.ownership?.references ?? {}).flatMap(([name, reference]) => {
    const id = known[reference.by];
    const type = typeOf(reference, known);
    return typeof id === 'string' && type !== undefined ? [{ name, type, id }] : [];
  });
};

/**
 * Before anything else: who may not change it learns nothing of it, not even whether it is there.
 * @throws OwnersUnknown when an earlier command of the turn gave it to others, Fault
 */
export const refuseForeign = (
  command: Command,
  at: Pick<Point, 'state'>,
  owners: Owners,
): Refusal | undefined => {
  const { definition, command_type, teams } = command;
  if (teams === null) return undefined;
  const wanted = ownersWanted(command, at);
  const unknown = wanted.filter((one) => !owners.has(ownerKey(one)));
  if (unknown.length > 0) throw new OwnersUnknown(unknown);
  const found: Record<string, Referenced<unknown> | null> = {};
  for (const name of Object.keys(definition.ownership?.references ?? {})) found[name] = null;
  for (const one of wanted) {
    const owner = owners.get(ownerKey(one))!;
    if (owner instanceof Fault) throw owner;
    found[one.name] = owner;
  }
  const owning = definition.ownership?.teams(at.state.data, found) ?? [];
  return owning.some((team) => team !== '' && teams.includes(team))
    ? undefined
    : notOwned(command_type, teams);
};
