import { describe, expect, it } from 'vitest';
import { checkServerVersion, compareVersions } from './fitness.js';

describe('server versions', () => {
  it.each([
    ['2.14.7', '2.14.7', 0],
    ['v2.15.1', '2.15.1', 0],
    ['2.15.0', '2.14.9', 1],
    ['2.9.10', '2.14.7', -1],
    ['2.14.7-RC.1', '2.14.7', -1],
    ['2.14.8-RC.1', '2.14.7', 1],
    ['2.15.0-RC.2', '2.15.0-RC.10', -1],
    ['2.15.0-RC.1', '2.15.0-beta', -1],
    ['2.15.0-1', '2.15.0-RC', -1],
    ['2.15.0-RC', '2.15.0-RC.1', -1],
    ['2.15.1+build.4', '2.15.1', 0],
    ['nonsense', '0.0.1', -1],
  ])('%s against %s', (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
    expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });

  it('accepts the floor and anything newer', () => {
    expect(checkServerVersion('2.14.7')).toEqual({ ok: true });
    expect(checkServerVersion('2.15.1')).toEqual({ ok: true });
    expect(checkServerVersion('3.0.0-dev')).toEqual({ ok: true });
  });

  it('says which version is needed when one is too old', () => {
    const fitness = checkServerVersion('2.9.10');
    expect(fitness).toMatchObject({ ok: false });
    expect(fitness.ok || fitness.message).toMatch(/2\.9\.10 is too old: 2\.14\.7 or newer/);
  });

  it('does not accept a release candidate of the floor, nor what is not a version', () => {
    expect(checkServerVersion('2.14.7-RC.1').ok).toBe(false);
    expect(checkServerVersion('latest').ok).toBe(false);
    expect(checkServerVersion('').ok).toBe(false);
  });

  it('takes another floor', () => {
    expect(checkServerVersion('2.10.0', '2.10.0').ok).toBe(true);
    expect(checkServerVersion('2.15.1', '2.16.0').ok).toBe(false);
  });
});
