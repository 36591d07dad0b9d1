/** Colours of a picture by name. */
type Palette = Readonly<Record<keyof typeof LIGHT, string>>;
export type Theme = 'auto' | 'light' | 'dark';

const LIGHT = {
  paper: '#ffffff',
  box: '#f3f5f8',
  border: '#8793a3',
  ink: '#17202b',
  soft: '#4a5767',
  line: '#77849a',
  lit: '#0b62c4',
  'lit-box': '#dbeafe',
  'lit-ink': '#ffffff',
};
const DARK: Palette = {
  paper: '#12171e',
  box: '#1d2530',
  border: '#66748a',
  ink: '#eef2f7',
  soft: '#aeb9c8',
  line: '#7f8da3',
  lit: '#6db1ff',
  'lit-box': '#12365f',
  'lit-ink': '#0b1420',
};

/** [selector, property, colour, the rest of the rule] */
const RULES: readonly (readonly [string, Readonly<Record<string, keyof Palette>>, string])[] = [
  ['.paper', { fill: 'paper' }, ''],
  ['.heading', { fill: 'ink' }, 'font-size:14px;font-weight:600'],
  ['.line', { stroke: 'line' }, 'fill:none;stroke-width:1.4'],
  ['.head', { fill: 'line' }, ''],
  ['.halo', { fill: 'paper' }, ''],
  ['.event', { fill: 'soft' }, 'font-size:11px'],
  ['.word', { fill: 'soft' }, 'font-size:11px;font-style:italic'],
  ['.box', { fill: 'box', stroke: 'border' }, 'stroke-width:1.4'],
  ['.rule', { stroke: 'border' }, 'stroke-width:.7'],
  ['.name', { fill: 'ink' }, 'font-size:14px;font-weight:600'],
  ['.dot', { fill: 'ink' }, ''],
  ['.junction', { fill: 'line' }, ''],
  ['.initial .box', { fill: 'paper' }, ''],
  ['.deleted .box', { fill: 'paper' }, 'stroke-dasharray:5 4'],
  ['.deleted .name', { fill: 'soft' }, ''],
  ['.current .box', { fill: 'lit-box', stroke: 'lit' }, 'stroke-width:3'],
  ['.current .name', { fill: 'ink' }, ''],
  ['.travelled .line', { stroke: 'lit' }, 'stroke-width:2.4'],
  ['.travelled .head', { fill: 'lit' }, ''],
  ['.travelled .junction', { fill: 'lit' }, ''],
  ['.travelled .event', { fill: 'ink' }, ''],
  ['.pill', { fill: 'lit' }, ''],
  ['.number', { fill: 'lit-ink' }, 'font-size:11px;font-weight:600'],
];

/** For pictures with counts: the wider a line, the more often it was travelled. */
const COUNT_RULES: typeof RULES = [
  ['.way-0 .line', { stroke: 'border' }, 'stroke-width:1;stroke-opacity:.6'],
  ['.way-0 .head', { fill: 'border' }, 'fill-opacity:.6'],
  ['.way-1 .line', {}, 'stroke-width:1.8'],
  ['.way-2 .line', {}, 'stroke-width:2.6'],
  ['.way-3 .line', {}, 'stroke-width:3.6'],
  ['.way-4 .line', {}, 'stroke-width:4.8'],
  ['.way-5 .line', {}, 'stroke-width:6'],
  ['.back .line', {}, 'stroke-dasharray:8 4'],
  ['.tally', { fill: 'ink' }, 'font-size:11px;font-weight:600'],
  ['.count', { fill: 'ink' }, 'font-size:17px;font-weight:600'],
];

/** One per theme: pictures of different themes may stand on one page. */
export const rootClass = (theme: Theme): string => `stele-${theme}`;

const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, value]) => `--p-${name}:var(--stele-${name},${value})`)
    .join(';');

/** The style of a picture. Each colour stands there twice, for renderers without variables. */
export const styleOf = (theme: Theme, { counts = false } = {}): string => {
  const root = `.${rootClass(theme)}`;
  const base: Palette = theme === 'dark' ? DARK : LIGHT;
  const rules = [...RULES, ...(counts ? COUNT_RULES : [])].map(([selector, colours, rest]) => {
    const said = Object.entries(colours).map(
      ([property, name]) => `${property}:${base[name]};${property}:var(--p-${name})`,
    );
    return `${root} ${selector}{${[...said, ...(rest ? [rest] : [])].join(';')}}`;
  });
  return [
    `${root}{font-family:system-ui,-apple-system,Roboto,sans-serif;${variables(base)}}`,
    ...(theme === 'auto'
      ? [`@media (prefers-color-scheme:dark){${root}{${variables(DARK)}}}`]
      : []),
    ...rules,
  ].join('');
};
