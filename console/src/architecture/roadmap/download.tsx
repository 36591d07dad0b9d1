import { useState } from 'react';
import { address, type Query } from '../../api/address.js';
import { ask } from '../../api/node.js';
import type { Page } from '../../api/types.js';
import { toneOf } from '../../ui/tone.js';
import { type Grouping, linesOf } from './lines-of.js';
import { type Palette, roadmapSvg } from './roadmap-svg.js';
import type { StatusHistory } from './shapes-of.js';
import type { Window } from './window-of.js';

/** What one picture holds: a slide with more cannot be read. */
const PICTURED_MAX = 200;

/** The colours of the page as it is now, light or dark. */
const paletteOfPage = (): Palette => {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: token('paper'),
    ink: token('ink'),
    soft: token('ink-soft'),
    line: token('line'),
    accent: token('accent'),
    bad: token('bad'),
    bars: (lifecycle) => {
      const tone = toneOf(lifecycle);
      return { full: token(tone), pale: token(`${tone}-soft`) };
    },
  };
};

const save = (text: string, name: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};

/** The roadmap as it is filtered and zoomed, as a picture for a slide. */
export const Download = ({
  path,
  query,
  grouping,
  window,
  now,
  total,
}: {
  readonly path: string;
  readonly query: Query;
  readonly grouping: Grouping;
  readonly window: Window;
  readonly now: number;
  readonly total: number | undefined;
}) => {
  const [said, setSaid] = useState<string>();
  const day = new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const download = async (): Promise<void> => {
    setSaid('Drawing …');
    try {
      const { items } = await ask<Page<StatusHistory>>(
        address(path, { ...query, limit: PICTURED_MAX }),
      );
      const title = `Application roadmap, ${day}`;
      const svg = roadmapSvg(linesOf(items, grouping), { window, now, title }, paletteOfPage());
      save(svg, `roadmap-${day}.svg`);
      setSaid(undefined);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  const many = (total ?? 0) > PICTURED_MAX;
  return (
    <>
      <button
        type="button"
        className="button"
        title={many ? `The first ${PICTURED_MAX}; filters choose which` : 'As filtered and zoomed'}
        onClick={() => void download()}
      >
        Download SVG
      </button>
      <span role="status" className="small soft gantt-said">
        {said}
      </span>
    </>
  );
};
