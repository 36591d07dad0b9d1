import { Fragment } from 'react';
import { isId } from '../names/pieces-of.js';
import { ThingLink } from '../names/thing-link.js';
import { Time } from './time.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

const Text = ({ text }: { readonly text: string }) => {
  if (isId(text)) return <ThingLink id={text} />;
  return TIME.test(text) ? <Time at={text} /> : text;
};

/** A value of a field for reading: lists with commas, ids by name, nothing as a dash. */
export const Value = ({ value }: { readonly value: unknown }) => {
  if (value === null || value === undefined || value === '')
    return <span className="faint">–</span>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'number') return <>{value.toLocaleString('en')}</>;
  if (typeof value === 'string') return <Text text={value} />;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="faint">none</span>;
    if (value.every((one) => typeof one === 'string'))
      return value.map((one, nth) => (
        <Fragment key={one}>
          {nth > 0 && ', '}
          <Text text={one} />
        </Fragment>
      ));
  }
  return <code>{JSON.stringify(value)}</code>;
};
