import { describe, expect, it } from 'vitest';
import type { Named } from '../landscape/name-of.js';
import { keyMeans, linesOf, type OrganizationNode, OWNED_MAX } from './lines-of.js';

const applications = { planned: 0, active: 0, deprecated: 0, retired: 0, current: 0 };
const nothing = { applications: { ...applications, max_criticality: null }, servers: {} };
const app = (id: string): Named => ({ type: 'application', id, name: id, status: 'active' });
const organization = (
  id: string,
  more: Partial<Pick<OrganizationNode, 'children' | 'applications'>> = {},
): OrganizationNode => ({
  id,
  name: id,
  orphan: false,
  child_count: 0,
  own: nothing,
  total: nothing,
  applications: [],
  servers: [],
  children: [],
  ...more,
});

const NODES = [
  organization('it', {
    children: [organization('platform', { applications: [app('crm')] })],
    applications: [app('erp')],
  }),
  organization('board'),
];
const CLOSED: ReadonlySet<string> = new Set();
const keys = (turned: ReadonlySet<string>) => linesOf(NODES, turned).map(({ key }) => key);

describe('the lines of a tree of organizations', () => {
  it('show the top open and the rest closed, until it is turned', () => {
    expect(keys(CLOSED)).toEqual(['it', 'platform', 'it application:erp', 'board']);
    expect(keys(new Set(['it']))).toEqual(['it', 'board']);
    expect(keys(new Set(['platform']))).toContain('platform application:crm');
  });

  it('say where each stands', () => {
    const [it_, platform, erp] = linesOf(NODES, CLOSED);
    expect(it_).toMatchObject({ level: 1, position: 1, siblings: 2, open: true });
    expect(platform).toMatchObject({
      level: 2,
      position: 1,
      siblings: 2,
      open: false,
      opens: true,
    });
    expect(erp).toMatchObject({ level: 2, position: 2, siblings: 2, kind: 'owned' });
  });

  it('count what they do not name', () => {
    const all = Array.from({ length: OWNED_MAX + 5 }, (_, n) => app(`app-${n}`));
    const lines = linesOf([organization('it', { applications: all })], CLOSED);
    expect(lines).toHaveLength(1 + OWNED_MAX + 1);
    expect(lines.at(-1)).toMatchObject({ kind: 'more', count: 5 });
  });
});

describe('keys in the tree', () => {
  const lines = linesOf(NODES, CLOSED);

  it('walk', () => {
    expect(keyMeans(lines, 0, 'ArrowDown')).toEqual({ go: 1 });
    expect(keyMeans(lines, 0, 'ArrowUp')).toEqual({ go: 0 });
    expect(keyMeans(lines, 0, 'End')).toEqual({ go: 3 });
  });

  it('open and close, and go in and out', () => {
    expect(keyMeans(lines, 1, 'ArrowRight')).toEqual({ turn: 'platform' });
    expect(keyMeans(lines, 0, 'ArrowRight')).toEqual({ go: 1 });
    expect(keyMeans(lines, 0, 'ArrowLeft')).toEqual({ turn: 'it' });
    expect(keyMeans(lines, 2, 'ArrowLeft')).toEqual({ go: 0 });
    expect(keyMeans(lines, 3, 'ArrowRight')).toBeUndefined();
    expect(keyMeans(lines, 3, 'ArrowLeft')).toBeUndefined();
    expect(keyMeans(lines, 3, 'x')).toBeUndefined();
  });
});
