import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApplication } from '../../../test/support/commands.js';
import { startReadSide } from '../../../test/support/read-side.js';
import { turnsDuring } from '../../../test/support/turns-during.js';
import { isRefusal } from '../../core/refusal.js';
import { problemOf } from '../../edge/wire/problem.js';
import { Imports } from './imports.js';
import { IMPORTS_SHOWN_MAX } from './limits.js';

const MORE = 20;
const LOG = { warn: () => {}, error: () => {} };

describe('the list of imports', () => {
  let side: Awaited<ReturnType<typeof startReadSide>>;
  let imports: Imports;
  const idOf = (n: number): string => `csv-00000000-${n.toString(16).padStart(12, '0')}`;
  const tell = async (correlation_id: string, n: number, more: object = {}): Promise<void> => {
    const command = { ...createApplication(`a${n}`), source: 'import', correlation_id };
    side.later(1);
    const told = await side.runtime.dispatch({ ...command, ...more }, 'test');
    expect(told).toMatchObject({ replayed: false });
  };
  beforeAll(async () => {
    side = await startReadSide();
    const { runtime, store, projections } = side;
    imports = new Imports({
      runtime,
      store,
      projections,
      log: LOG,
      clock: Date.now,
      explain: problemOf,
      models: {
        formats: [
          {
            name: 'csv',
            summary: '',
            format: '',
            isPart: () => true,
            read: () => Promise.reject(),
          },
        ],
        undo: async () => ({ phases: [], notes: [] }),
      },
    });
    for (let n = 0; n < IMPORTS_SHOWN_MAX + MORE; n++) await tell(idOf(n), n);
    const last = IMPORTS_SHOWN_MAX + MORE - 1;
    const metadata = { business_justification: 'the board said so' };
    const others = { command_type: 'AddTags', data: { tags: ['x'] }, actor: 'eve' };
    await tell(idOf(last), last, { ...others, metadata });
    await tell(`revert-${idOf(last)}`, last, { ...others, data: { tags: ['y'] } });
    await imports.list();
  });
  afterAll(() => side.close());

  it('is cut to the newest before any is read, and read once for all who ask meanwhile', async () => {
    const { find, page, groupRanged } = side.views;
    const found = vi.spyOn(side.views, 'find').mockImplementation(find);
    const paged = vi.spyOn(side.views, 'page').mockImplementation(page);
    const grouped = vi.spyOn(side.views, 'groupRanged').mockImplementation(groupRanged);
    const { turns, made } = await turnsDuring(() =>
      Promise.all([1, 2, 3, 4].map(() => imports.list())),
    );
    // One for the first, and one for those who came while it was under way.
    expect(grouped).toHaveBeenCalledTimes(2);
    expect(paged).toHaveBeenCalledTimes(2 * IMPORTS_SHOWN_MAX);
    expect(found).not.toHaveBeenCalled();
    expect(turns).toBeGreaterThanOrEqual(2 * IMPORTS_SHOWN_MAX);
    for (const list of made) {
      if (isRefusal(list)) throw new Error(list.message);
      expect(list).toHaveLength(IMPORTS_SHOWN_MAX);
      const newest = Array.from(list, (_, at) => idOf(IMPORTS_SHOWN_MAX + MORE - 1 - at));
      expect(list.map(({ import_id }) => import_id)).toEqual(newest);
    }
    vi.restoreAllMocks();
  });

  it('says of each how much it was, by whom it was begun, and whether it was taken back', async () => {
    const list = await imports.list();
    if (isRefusal(list)) throw new Error(list.message);
    const last = idOf(IMPORTS_SHOWN_MAX + MORE - 1);
    const one = list.find(({ import_id }) => import_id === last)!;
    expect(one).toMatchObject({ events: 2, actor: 'user-123', because: null, reverted: true });
    expect(one.first_at < one.last_at).toBe(true);
    expect(list.filter(({ reverted }) => reverted)).toHaveLength(1);
  });
});
