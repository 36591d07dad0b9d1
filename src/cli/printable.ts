import { inspect } from 'node:util';

/** What we paint with. Other codes of terminals hide text, or write it in the colour of the ground. */
export const STYLES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const;
const CODES = new Set(STYLES.flatMap((style) => inspect.colors[style] ?? []));

const ESCAPE = String.fromCharCode(0x1b);
/** Our own colours; and whatever else would steer a terminal, or turn text around. */
const STEERING = new RegExp(
  `${ESCAPE}\\[(?:${[...CODES].join('|')})m|[\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069]`,
  'gu',
);
const KEPT = ['\n', '\t'];
const HEX_DIGITS = 4;

/**
 * Text from elsewhere that is put on a terminal: what would move its cursor, set its title or turn
 * text around is shown as `\u001b`, which JSON reads as what it was. Colours and line breaks stay.
 */
export const printable = (text: string): string =>
  text.replace(STEERING, (found) =>
    found.length > 1 || KEPT.includes(found)
      ? found
      : `\\u${found.charCodeAt(0).toString(16).padStart(HEX_DIGITS, '0')}`,
  );
