import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importing } from '../../../test/support/imports-in-memory.js';
import type { Principal } from '../../core/access.js';
import { isRefusal } from '../../core/refusal.js';
import type { ModelFormat, Plan } from './importer.js';

const NOTHING: Plan = { phases: [], notes: [] };
const READING = 'reading';
const files = (name: string) => [{ path: name, bytes: Buffer.from(name) }];
const who = (actor: string): Principal => ({
  actor,
  actor_type: 'service',
  roles: ['importer'],
  teams: [],
  credential: 'k',
});

describe('places of imports', () => {
  let world: Awaited<ReturnType<typeof importing>>;
  /** Lets everything go on that waits. */
  let goOn: () => void;
  let waiting: Promise<void>;
  const wait = (): void => {
    waiting = new Promise((resolve) => {
      goOn = resolve;
    });
  };
  /** Waits in reading when the file is called so, else in planning. */
  const format: ModelFormat = {
    name: 'slow',
    summary: 'Slow.',
    format: 'any',
    isPart: () => true,
    read: async ([file]) => {
      if (file!.path.startsWith(READING)) await waiting;
      return {
        source: file!.path,
        found: {},
        notes: [],
        compare: () => waiting.then(() => NOTHING),
      };
    },
  };
  beforeAll(async () => {
    world = await importing({ formats: [format], undo: async () => NOTHING });
  });
  afterAll(() => world.close());

  const begin = (by: Principal | undefined, name: string) =>
    world.imports.begin({ format: 'slow', files: files(name), dryRun: true, by });
  const codeOf = async (begun: ReturnType<typeof begin>): Promise<string> => {
    const told = await begun;
    return isRefusal(told) ? told.refused : 'begun';
  };
  const ended = async (): Promise<void> => {
    goOn();
    await new Promise((resolve) => setImmediate(resolve));
  };

  it.each(['planning', READING])(
    'leave one for others while one is %s, dry runs too',
    async (at) => {
      wait();
      const first = codeOf(begin(who('cmdb'), `${at}-1`));
      if (at !== READING) expect(await first).toBe('begun');
      expect(await codeOf(begin(who('cmdb'), `${at}-2`))).toBe('RATE_LIMITED');
      const second = codeOf(begin(who('wiki'), `${at}-3`));
      if (at !== READING) expect(await second).toBe('begun');
      expect(await codeOf(begin(who('cloud'), `${at}-4`))).toBe('BUSY');
      await ended();
      expect([await first, await second]).toEqual(['begun', 'begun']);
      await ended();
      expect(await codeOf(begin(who('cmdb'), `${at}-2`))).toBe('begun');
      await ended();
    },
  );

  it('are anybody’s where nobody knows who asks', async () => {
    wait();
    expect(await codeOf(begin(undefined, 'a'))).toBe('begun');
    expect(await codeOf(begin(undefined, 'b'))).toBe('begun');
    expect(await codeOf(begin(undefined, 'c'))).toBe('BUSY');
    await ended();
  });

  it('still answer with the job that is under way for whoever asks for it again', async () => {
    wait();
    expect(await codeOf(begin(who('cmdb'), 'again'))).toBe('begun');
    expect(await codeOf(begin(who('cmdb'), 'again'))).toBe('begun');
    await ended();
  });
});
