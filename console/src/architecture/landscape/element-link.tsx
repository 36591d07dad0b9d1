import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useThingHref } from '../../api/use-kinds.js';
import { type MomentQuery, useMoment } from '../../ui/moment-picker.js';
import { aggregateOf, type Named, nameOf } from './name-of.js';

export const impactHref = (
  { type, id }: Pick<Named, 'type' | 'id'>,
  moment: MomentQuery = {},
): string => address('/impact', { id, type, ...moment });

/** Where an element is looked at: its own page, or for a part the impact of it; at this moment. */
export const useElementHref = (): ((one: Pick<Named, 'type' | 'id'>) => string) => {
  const thing = useThingHref();
  const moment = useMoment();
  return (one) => {
    const aggregate = aggregateOf(one.type);
    if (aggregate === undefined) return impactHref(one, moment);
    return address(thing(aggregate, one.id), { ...moment });
  };
};

export const ElementLink = ({ one }: { readonly one: Pick<Named, 'type' | 'id' | 'name'> }) => {
  const href = useElementHref();
  return <Link href={href(one)}>{nameOf(one)}</Link>;
};

/** A year before a date, as a date. */
const yearBefore = (date: string): string => {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCFullYear(at.getUTCFullYear() - 1);
  return at.toISOString().slice(0, 10);
};

/** What changed in a view since the moment that is shown; when that is now, in the last year. */
export const ChangesLink = ({ view }: { readonly view: string }) => {
  const { as_of, effective_at } = useMoment();
  const at = (as_of ?? effective_at)?.slice(0, 10);
  const from = at ?? yearBefore(new Date().toISOString().slice(0, 10));
  const clock = as_of ? 'recorded' : 'effective';
  return (
    <Link className="button" href={address('/changes', { view, from, to: 'now', clock })}>
      {at ? `Changed since ${at}` : 'Changed in a year'}
    </Link>
  );
};
