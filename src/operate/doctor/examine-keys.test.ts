import { expect, it } from 'vitest';
import { examineKeys } from './examine-keys.js';

type Made = { readonly created: string; readonly last: number; readonly first?: number };
const FIRST = '2026-01-06T10:00:00Z';
const LATER = '2026-01-07T10:00:00Z';

/** What is found where the buckets of keys and of sessions stand so. */
const found = async (keys: Made | undefined, sessions: Made | undefined) => {
  const stream = async (name: string) => {
    const made = name === 'KV_ACCESS-KEYS' ? keys : sessions;
    return made && { first: 1, ...made, config: {}, replicas: 1, room: undefined };
  };
  return (await examineKeys({ stream })).map(({ code, grade, what }) => `${grade} ${code} ${what}`);
};

it('finds that keys were removed, until there are others', async () => {
  const sessions = { created: FIRST, last: 3 };
  const removed = 'broken KEYS_LOST it was removed: no API key counts';
  expect(await found(undefined, sessions)).toEqual([removed]);
  expect(await found({ created: LATER, last: 0 }, sessions)).toEqual([
    expect.stringMatching(/^broken KEYS_LOST it was removed and made anew/),
  ]);
  expect(await found({ created: LATER, last: 1 }, sessions)).toEqual([]);
  const emptied = 'broken KEYS_LOST it was emptied: no API key counts';
  expect(await found({ created: FIRST, first: 8, last: 7 }, sessions)).toEqual([emptied]);
});

it('finds nothing where nobody is asked who they are, or no key was ever made', async () => {
  expect(await found(undefined, undefined)).toEqual([]);
  expect(await found({ created: FIRST, last: 0 }, { created: FIRST, last: 0 })).toEqual([]);
  expect(await found({ created: FIRST, last: 0 }, { created: LATER, last: 0 })).toEqual([]);
});
