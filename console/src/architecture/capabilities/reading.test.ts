import { describe, expect, it } from 'vitest';
import { sayTones } from '../../ui/tone.js';
import { tones } from '../tones.js';
import { fitted } from './fitted.js';
import { heatClass, heatOf } from './heat.js';
import { nearest } from './nearest.js';
import { stopOf, stopsFrom } from './stops-from.js';
import { drawable, rowsOf, type TreeNode } from './tree.js';

const none = {
  planned: 0,
  active: 0,
  deprecated: 0,
  retired: 0,
  current: 0,
  max_criticality: null,
};
const node = (id: string, more: Partial<TreeNode> = {}): TreeNode => ({
  id,
  name: id,
  orphan: false,
  child_count: 0,
  own: none,
  total: none,
  gap: true,
  overlap: false,
  children: [],
  ...more,
});

sayTones(tones);

describe('the days of a slider', () => {
  it('are the ends of months, and today', () => {
    expect(stopsFrom('2026-01', '2026-06-15')).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-15',
    ]);
  });

  it('are all days of a short history', () => {
    const stops = stopsFrom('2026-05', '2026-06-02');
    expect(stops).toHaveLength(33);
    expect([stops[0], stops.at(-1)]).toEqual(['2026-05-01', '2026-06-02']);
  });

  it('are today alone where there is no history yet', () => {
    expect(stopsFrom('2026-07', '2026-06-02')).toEqual(['2026-06-02']);
  });

  it('have a place for each date', () => {
    const stops = stopsFrom('2020-01', '2026-06-15');
    expect(stopOf(stops, undefined)).toBe(stops.length - 1);
    expect(stopOf(stops, '2020-03-15')).toBe(1);
    expect(stopOf(stops, '1999-01-01')).toBe(0);
    expect(stopOf(stops, '2030-01-01')).toBe(stops.length - 1);
  });
});

describe('a name in a box', () => {
  it('is broken between words and cut at the end', () => {
    expect(fitted('Claims', { width: 200, size: 12, lines: 2 })).toEqual(['Claims']);
    expect(fitted('Identity and Access', { width: 80, size: 12, lines: 2 })).toEqual([
      'Identity and',
      'Access',
    ]);
    const [line] = fitted('Unpronounceable', { width: 60, size: 12, lines: 1 });
    expect(line).toMatch(/^Unp.*…$/);
  });

  it('is left out where there is no room', () => {
    expect(fitted('Claims', { width: 8, size: 12, lines: 2 })).toEqual([]);
    expect(fitted('Claims', { width: 200, size: 12, lines: 0 })).toEqual([]);
  });
});

describe('the colour of a capability', () => {
  const total = { ...none, active: 3, deprecated: 1, current: 4, max_criticality: 'critical' };
  const claims = node('Claims', { own: total, total, gap: false, overlap: true });

  it('tells what was asked', () => {
    expect(heatOf(claims, 'lifecycle')).toEqual({ tone: 'good', words: 'mostly active' });
    expect(heatOf(claims, 'criticality')).toEqual({ tone: 'bad', words: 'up to critical' });
    expect(heatOf(claims, 'number').step).toBe(2);
    expect(heatOf(claims, 'coverage')).toEqual({ tone: 'warn', words: 'overlap' });
    expect(heatOf(node('Gap'), 'coverage')).toEqual({ tone: 'bad', words: 'gap' });
  });

  it('is none where there is nothing to tell', () => {
    expect(heatClass(heatOf(node('Gap'), 'lifecycle'))).toBe('cold');
    expect(heatClass(heatOf(node('Gap'), 'number'))).toBe('step-0');
  });
});

describe('arrow keys', () => {
  const at = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
  const boxes = [at(0, 0), at(20, 0), at(0, 20), at(20, 20)];

  it('lead to the nearest box that way, and stay at the edge', () => {
    expect(nearest(boxes, 0, 'ArrowRight')).toBe(1);
    expect(nearest(boxes, 0, 'ArrowDown')).toBe(2);
    expect(nearest(boxes, 3, 'ArrowLeft')).toBe(2);
    expect(nearest(boxes, 3, 'ArrowUp')).toBe(1);
    expect(nearest(boxes, 3, 'ArrowRight')).toBe(3);
    expect(nearest(boxes, 1, 'End')).toBe(3);
    expect(nearest(boxes, 1, 'Home')).toBe(0);
    expect(nearest(boxes, 1, 'a')).toBeUndefined();
  });
});

describe('a tree of capabilities', () => {
  const wide = Array.from({ length: 30 }, (_, a) =>
    node(`${a}`, {
      children: Array.from({ length: 60 }, (__, b) => node(`${a}.${b}`)),
    }),
  );

  it('is drawn as deep as the picture holds', () => {
    const { nodes, levels } = drawable(wide, 2);
    expect(levels).toBe(0);
    expect(rowsOf(nodes)).toHaveLength(30);
    expect(drawable(wide.slice(0, 3), 2)).toMatchObject({ levels: 2 });
  });

  it('is read from above', () => {
    const rows = rowsOf([node('a', { children: [node('b')] }), node('c')]);
    expect(rows.map(({ node: { id }, level }) => `${level}${id}`)).toEqual(['0a', '1b', '0c']);
  });
});
