import { Link } from 'wouter';
import { address, type Query } from '../../api/address.js';

/** To what is different in this list since the day shown; without a day, lately. */
export const ChangesLink = ({ view, query }: { readonly view: string; readonly query: Query }) => {
  const { as_of, effective_at, ...filters } = query;
  const clock = as_of === undefined ? undefined : 'recorded';
  const from = as_of ?? effective_at;
  return (
    <Link className="button" href={address('/changes', { view, from, clock, ...filters })}>
      What changed{from !== undefined && ' since'}
    </Link>
  );
};
