import type { State } from '../../../core/aggregate.js';
import type { Http } from '../http.js';
import type { Planned } from './planned.js';
import type { Settable } from './settable.js';

/** A resource that is there, and the aggregate that it is, or that has it as a part. */
export type Place = { readonly id: string; readonly aggregate_id: string };

type Parts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Where a resource is, as the log says; undefined when nobody ever had such a part. */
export const placeOf = async (
  { runtime }: Pick<Http, 'runtime'>,
  { definition, part }: Settable,
  id: string,
): Promise<Place | undefined> => {
  if (!part) return { id, aggregate_id: id };
  const aggregate_id = await runtime.holderOf(definition, part.within, id);
  return aggregate_id === undefined ? undefined : { id, aggregate_id };
};

/** What an aggregate holds of a part, as it is stored. */
export const storedIn = ({ part }: Settable, { data }: State, id: string): unknown => {
  const parts = part ? (data[part.within] as Parts) : {};
  return Object.hasOwn(parts, id) ? parts[id] : undefined;
};

/** A resource as it is in the state of its aggregate, by the names that its documents use. */
export const resourceIn = (settable: Settable, state: State, { id }: Place): State => {
  const { part } = settable;
  if (!part) return state;
  const { called = {} } = part.resource;
  const stored = Object.entries(storedIn(settable, state, id) ?? {});
  const data = Object.fromEntries(stored.map(([name, value]) => [called[name] ?? name, value]));
  return { status: String(data.status), data };
};

/** Commands with the id of the part that they are about. */
export const aboutPart = (
  { part }: Settable,
  id: unknown,
  commands: readonly Planned[],
): readonly Planned[] =>
  part ? commands.map((one) => ({ ...one, data: { ...one.data, [part.id]: id } })) : commands;
