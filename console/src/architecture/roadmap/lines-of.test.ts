import { expect, it } from 'vitest';
import { groupingNamed, linesOf, orderNamed, sortOf } from './lines-of.js';
import type { StatusHistory } from './shapes-of.js';

const statusHistory = (
  id: string,
  owner: string,
  main_capability_id: string | null = null,
): StatusHistory => ({
  id,
  name: id,
  owner,
  main_capability_id,
  main_capability_name: null,
  lifecycle: 'active',
  spans: [],
  sunset_date: null,
  sunset_plans: [],
  slips: 0,
  days_slipped: 0,
  ended_on: null,
  overdue: false,
});
const told = (...given: Parameters<typeof linesOf>) =>
  linesOf(...given).map((line) => (line.kind === 'group' ? `# ${line.name}` : line.key));

it('begins a group wherever the sorted applications go on to another', () => {
  const lives = [statusHistory('a', 'x'), statusHistory('b', 'x'), statusHistory('c', 'y', 'pay')];
  expect(told(lives, groupingNamed('owner'))).toEqual(['# x', 'a', 'b', '# y', 'c']);
  expect(told(lives, groupingNamed('capability'))).toEqual([
    '# No capability',
    'a',
    'b',
    '# pay',
    'c',
  ]);
  expect(told(lives, groupingNamed('none'))).toEqual(['a', 'b', 'c']);
});

it('lets the server sort by the group first', () => {
  expect(sortOf(groupingNamed(undefined), orderNamed(undefined))).toBe('owner,since');
  expect(sortOf(groupingNamed('capability'), orderNamed('name'))).toBe('main_capability_id,name');
  expect(sortOf(groupingNamed('none'), orderNamed('slipped'))).toBe('-days_slipped');
});
