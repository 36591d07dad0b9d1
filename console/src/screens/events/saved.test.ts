import { describe, expect, it } from 'vitest';
import { readSaved, renamed, savedAs, without, withSaved } from './saved.js';

const mine = { name: 'mine', query: 'actor=ann' };
const risky = { name: 'risky', query: 'sensitive=true&critical=true' };

describe('saved queries', () => {
  it('are read as far as they can be', () => {
    expect(readSaved(JSON.stringify([mine, { name: 1 }, null]))).toEqual([mine]);
    expect(readSaved('no json')).toEqual([]);
    expect(readSaved(null)).toEqual([]);
  });

  it('stand where they were when they are saved again', () => {
    const again = { name: 'mine', query: 'actor=bob' };
    expect(withSaved([mine, risky], again)).toEqual([again, risky]);
  });

  it('make room for new ones', () => {
    const many = Array.from({ length: 25 }, (_, nth) => ({ name: `q${nth}`, query: '' }));
    const all = many.reduce(withSaved, [] as ReturnType<typeof readSaved>);
    expect([all.length, all[0]?.name]).toEqual([20, 'q5']);
  });

  it('get another name unless it is taken', () => {
    expect(renamed([mine, risky], 'mine', 'ours')).toEqual([{ ...mine, name: 'ours' }, risky]);
    expect(renamed([mine, risky], 'mine', 'risky')).toEqual([mine, risky]);
  });

  it('are forgotten', () => {
    expect(without([mine, risky], 'mine')).toEqual([risky]);
  });

  it('are recognized in an address, whatever order its parts have', () => {
    expect(savedAs([mine, risky], 'critical=true&sensitive=true&open=e1')).toBe(risky);
    expect(savedAs([mine], '')).toBeUndefined();
  });
});
