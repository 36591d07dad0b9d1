import { type Mistakes, NAME_SHOWN_MAX } from '../../core/mistakes.js';
import { choices } from '../../core/nearest.js';
import { TIME_UNITS, type TimeUnit } from '../../core/time-units.js';
import type { ViewField } from '../wire/view-fields.js';

/** What documents are counted by: the values of a column, or the periods that its times fall in. */
export type Grouping = { readonly column: string; readonly unit: TimeUnit | null };

const UNITS = Object.keys(TIME_UNITS).map((one) => `.${one}`);
const isUnit = (text: string): text is TimeUnit => Object.hasOwn(TIME_UNITS, text);

type Asked = {
  readonly fields: ReadonlyMap<string, ViewField>;
  readonly mistakes: Mistakes;
};

/** Which fields are counted by which units, for those who asked for something else. */
const offered = (fields: Asked['fields']): string => {
  const timed = [...fields.values()].filter(({ units }) => units !== null);
  if (timed.length === 0) return '';
  return `; ${timed.map(({ name }) => name).join(', ')} also with ${UNITS.join(' ')}`;
};

/** What a text such as `owner` or `recorded_at.month` means, or what is wrong with it. */
const read = (text: string, { fields }: Asked): Grouping | string => {
  const [given = '', unit, ...more] = text.split('.');
  const name = given.slice(0, NAME_SHOWN_MAX);
  const field = fields.get(given);
  if (!field) {
    const names = [...fields.keys()];
    return `cannot group by "${name}"${choices(name, names, 'it can be')}${offered(fields)}`;
  }
  if (unit === undefined) return { column: name, unit: null };
  if (!field.units) return `${name} holds no times, so it has no units${offered(fields)}`;
  if (isUnit(unit) && more.length === 0) return { column: name, unit };
  return `there is no unit "${unit.slice(0, NAME_SHOWN_MAX)}": there are ${UNITS.join(' ')}`;
};

/** What `group_by` names; null when that is nothing, which is then a mistake. */
export const groupingOf = (text: string, asked: Asked): Grouping | null => {
  const grouping = read(text, asked);
  if (typeof grouping !== 'string') return grouping;
  asked.mistakes.add('group_by', grouping, 'ENUM');
  return null;
};
