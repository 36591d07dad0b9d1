import { describe, expect, it } from 'vitest';
import { choices, distance, nearest } from './nearest.js';

it.each([
  ['kitten', 'sitting', 3],
  ['onwer', 'owner', 1],
  ['', 'abc', 3],
  ['abc', 'abc', 0],
])('from %s to %s there are %i letters', (a, b, letters) => {
  expect(distance(a, b)).toBe(letters);
  expect(distance(b, a)).toBe(letters);
});

describe('the name that somebody meant', () => {
  const names = ['page', 'limit', 'name', 'owner', 'owner_id', 'capability_id', 'SetOwner'];

  it.each([
    ['onwer', 'owner'],
    ['nme', 'name'],
    ['Owner', 'owner'],
    ['ownerId', 'owner_id'],
    ['setOwnr', 'SetOwner'],
    ['capability', 'capability_id'],
    ['limits', 'limit'],
  ])('%s is %s', (word, name) => {
    expect(nearest(word, names)).toBe(name);
  });

  it('is named before all there are', () => {
    expect(choices('ownr', ['owner', 'name'], 'known:')).toBe(
      ', did you mean "owner"? Known: owner, name',
    );
  });

  it.each(['tags', 'x', '', 'colour', 'o'.repeat(100_000)])('%s is none of them', (word) => {
    expect(nearest(word, names)).toBeUndefined();
    expect(choices(word, names, 'there are')).toBe(`; there are ${names.join(', ')}`);
  });
});
