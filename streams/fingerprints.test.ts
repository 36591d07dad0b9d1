import { describe, expect, it } from 'vitest';
import { fingerprints, keptFingerprints, unversioned } from '../scripts/fingerprints.js';

const RUN = 'run npm run docs:fingerprints';

describe('documents of golden histories', () => {
  const now = fingerprints();
  const kept = keptFingerprints();

  it('change with the version of their projection only: raise "version" of these', () => {
    expect(unversioned(kept, now)).toEqual([]);
  });

  it('are kept as they are now', () => {
    expect(now, RUN).toEqual(kept);
  });

  it('are there for every projection', () => {
    for (const [name, { documents }] of Object.entries(now))
      expect(Object.keys(documents).length, name).toBeGreaterThan(0);
  });
});

describe('a projection', () => {
  const documents = { 'door/a-long-life': 'aa', 'door/short': 'bb' };
  const kept = { doors: { hash: 'h1', documents } };
  const changed = { 'door/a-long-life': 'cc', 'door/short': 'bb' };

  it('that makes other documents under the same hash is named', () => {
    expect(unversioned(kept, { doors: { hash: 'h1', documents: changed } })).toEqual([
      'doors (door/a-long-life)',
    ]);
  });

  it.each([
    ['of another version', { doors: { hash: 'h2', documents: changed } }],
    ['that is new', { gates: { hash: 'h1', documents: changed }, ...kept }],
    [
      'with another golden history',
      { doors: { hash: 'h1', documents: { ...documents, 'door/later': 'dd' } } },
    ],
  ])('%s is not', (_, now) => {
    expect(unversioned(kept, now)).toEqual([]);
  });
});
