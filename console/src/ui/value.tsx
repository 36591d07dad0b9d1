import { Time } from './time.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** A value of a field for reading: lists with commas, times as times, nothing as a dash. */
export const Value = ({ value }: { readonly value: unknown }) => {
  if (value === null || value === undefined || value === '')
    return <span className="faint">–</span>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'number') return <>{value.toLocaleString('en')}</>;
  if (typeof value === 'string') return TIME.test(value) ? <Time at={value} /> : <>{value}</>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="faint">none</span>;
    if (value.every((one) => typeof one === 'string')) return <>{value.join(', ')}</>;
  }
  return <code>{JSON.stringify(value)}</code>;
};
