import { xml } from '../../../../src/core/picture/text.js';
import { LIFECYCLES } from '../portfolio/lifecycles.js';
import type { Line } from './lines-of.js';
import { GROUP_PX, LINE, NAMES_PX } from './measures.js';
import { type Picture, type Shape, shapesOf } from './shapes-of.js';
import { placeOf, ticksOf, type Window } from './window-of.js';

/** The colours of a picture that stands alone. */
export type Palette = {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly accent: string;
  readonly bad: string;
  /** By lifecycle: of bars, and of what is only expected. */
  readonly bars: (lifecycle: string) => { readonly full: string; readonly pale: string };
};

const WIDTH_PX = 1_600;
const PADDING = 24;
const HEAD_PX = 76;
const NAME_CHARS = 34;

const short = (text: string): string =>
  text.length > NAME_CHARS ? `${text.slice(0, NAME_CHARS - 1)}…` : text;
const px = (value: number): string => String(Math.round(value * 10) / 10);

const rect = (x: number, y: number, width: number, height: number, more: string): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(1, width))}" height="${px(height)}" ${more}/>`;
const textAt = (x: number, y: number, text: string, more: string): string =>
  `<text x="${px(x)}" y="${px(y)}" ${more}>${xml(text)}</text>`;

const drawn = (shape: Shape, middle: number, palette: Palette): string => {
  const { bar, thin, mark } = LINE;
  switch (shape.kind) {
    case 'bar': {
      const tall = shape.lifecycle === 'retired' ? thin : bar;
      const { full, pale } = palette.bars(shape.lifecycle);
      const look = shape.expected
        ? `fill="${pale}" stroke="${full}" stroke-dasharray="4 3"`
        : shape.lifecycle === 'planned'
          ? `fill="${pale}" stroke="${full}"`
          : `fill="${full}"`;
      return rect(shape.x, middle - tall / 2, shape.width, tall, `rx="3" ${look}`);
    }
    case 'late':
      return rect(shape.x, middle + bar / 2 + 2, shape.width, thin, `fill="${palette.bad}"`);
    case 'slip':
      return `<line x1="${px(shape.x)}" x2="${px(shape.x + shape.width)}" y1="${px(middle)}" y2="${px(middle)}" stroke="${palette.ink}" stroke-dasharray="2 3"/>`;
    case 'sunset': {
      const fill = shape.date === 'now' ? palette.ink : palette.paper;
      return `<path d="M${px(shape.x)} ${px(middle - mark)}l${mark} ${mark}l${-mark} ${mark}l${-mark} ${-mark}z" fill="${fill}" stroke="${palette.ink}"/>`;
    }
  }
};

const calendar = (picture: Picture, bottom: number, palette: Palette): readonly string[] => {
  const { window, width, now } = picture;
  const line = (x: number, color: string): string =>
    `<line x1="${px(x)}" x2="${px(x)}" y1="${HEAD_PX}" y2="${px(bottom)}" stroke="${color}"/>`;
  const ticks = ticksOf(window, width).flatMap(({ at, label, major }) => {
    const x = placeOf(at, window, width);
    const weight = major ? 'font-weight="600" ' : '';
    return [
      line(x, palette.line),
      textAt(x + 4, HEAD_PX - 8, label, `${weight}font-size="12" fill="${palette.soft}"`),
    ];
  });
  const today = placeOf(now, window, width);
  return [...ticks, ...(today >= 0 && today <= width ? [line(today, palette.accent)] : [])];
};

const LEGEND_PX = 118;

/** What the bars say, in the corner over the calendar. */
const legend = (palette: Palette): string => {
  const middle = 32;
  const left = WIDTH_PX - PADDING - (LIFECYCLES.length + 1) * LEGEND_PX;
  const said = (at: number, text: string): string =>
    textAt(at + 34, middle + 4, text, `font-size="12" fill="${palette.soft}"`);
  const bars = LIFECYCLES.map((lifecycle, index) => {
    const x = left + index * LEGEND_PX;
    const bar = { kind: 'bar', lifecycle, expected: false, x, width: 26, title: '' } as const;
    return drawn(bar, middle, palette) + said(x, lifecycle);
  });
  const x = left + LIFECYCLES.length * LEGEND_PX;
  const sunset = { kind: 'sunset', date: 'now', x: x + 20, title: '' } as const;
  return [...bars, drawn(sunset, middle, palette), said(x, 'sunset date')].join('');
};

/** The roadmap as a picture of its own, for a slide: the lines from top to bottom. */
export const roadmapSvg = (
  lines: readonly Line[],
  { window, now, title }: { readonly window: Window; readonly now: number; readonly title: string },
  palette: Palette,
): string => {
  const left = NAMES_PX.wide + PADDING;
  const picture = { window, now, width: WIDTH_PX - left - PADDING };
  let y = HEAD_PX + 6;
  const body: string[] = [];
  for (const line of lines) {
    const tall = line.kind === 'group' ? GROUP_PX : LINE.height;
    const middle = y + tall / 2;
    const name = short(line.kind === 'group' ? line.name : line.statusHistory.name);
    const weight = line.kind === 'group' ? 'font-weight="600" ' : '';
    body.push(textAt(PADDING, middle + 5, name, `${weight}font-size="14" fill="${palette.ink}"`));
    if (line.kind === 'application') {
      const shapes = shapesOf(line.statusHistory, picture).map((shape) =>
        drawn(shape, middle, palette),
      );
      body.push(`<g transform="translate(${left})">${shapes.join('')}</g>`);
    }
    y += tall;
  }
  const height = y + PADDING;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" font-family="Inter, system-ui, sans-serif" role="img">`,
    `<title>${xml(title)}</title>`,
    `<rect width="${WIDTH_PX}" height="${height}" fill="${palette.paper}"/>`,
    textAt(PADDING, 38, title, `font-size="22" font-weight="650" fill="${palette.ink}"`),
    legend(palette),
    `<g transform="translate(${left})">${calendar(picture, y, palette).join('')}</g>`,
    ...body,
    '</svg>',
  ].join('\n');
};
