import { getEventListeners } from 'node:events';
import { setInterval as every } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { largeModel } from '../test/support/large-model.js';
import { bounded } from './bounded.js';
import { formats, models } from './index.js';
import type { Model } from './model.js';
import { readApart } from './read-apart.js';

const [archimate] = models.formats;
const EVERY_MS = 2;
const file = (text: string) => ({ path: 'm.archimate', bytes: Buffer.from(text) });

describe('a large file', () => {
  const { text, elements } = largeModel('Large', 1);

  it('is parsed while others get their turn', async () => {
    let turns = 0;
    const timer = every(() => void turns++, EVERY_MS);
    const { found } = await archimate!.read([file(text)], {});
    clearInterval(timer);
    const { folder: _, ...counted } = found;
    expect(found.ApplicationComponent).toBe(1_600);
    expect(Object.keys(counted).length).toBeGreaterThan(5);
    expect(elements).toBe(3_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('is parsed no more once nobody waits for it', async () => {
    const leaving = new AbortController();
    const read = archimate!.read([file(text)], { signal: leaving.signal });
    setImmediate(() => leaving.abort(new Error('left')));
    await expect(read).rejects.toThrow('left');
    const gone = archimate!.read([file('<odd/>')], { signal: leaving.signal });
    await expect(gone).rejects.toThrow('left');
  });

  it('leaves nothing behind with a signal that lives on, whether it was a model or not', async () => {
    const { signal } = new AbortController();
    const large = (words: string) => [file(words.padEnd(10_000))];
    await archimate!.read([file(text)], { signal });
    await expect(archimate!.read(large('no model'), { signal })).rejects.toThrow();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('comes over in pieces, and is the model that it was', async () => {
    const format = formats.find(({ name }) => name === 'archimate')!;
    const there = await readApart(format, [file(text)], {});
    expect(there).toEqual(bounded(await format.parse([file(text)], {}), [file(text)]));
  });

  it('is parsed like that also when it is the mapping that is large', async () => {
    const csv = models.formats.find(({ name }) => name === 'csv')!;
    const keys = Array.from({ length: 20_000 }, (_, n) => `      v${n}: active\n`).join('');
    const mapping = `source: s\nkind: application\nkey: ID\nname: Name\nfields:\n  lifecycle:\n    column: L\n    map:\n${keys}`;
    let turns = 0;
    const timer = every(() => void turns++, EVERY_MS);
    const { found } = await csv.read([{ ...file('ID,Name,L\n1,A,v7\n'), path: 't.csv' }], {
      mapping: { ...file(mapping), path: 'm.yaml' },
    });
    clearInterval(timer);
    expect(found.rows).toBe(1);
    expect(turns).toBeGreaterThan(5);
  });

  it('is refused when it holds more than is compared in one go', () => {
    const none = { source: 's', format: 'f', relations: [], counts: {}, notes: [] };
    const of = (elements: number, skipped: number): Model => ({
      ...none,
      elements: Array.from({ length: elements }, () => ({}) as Model['elements'][number]),
      skipped: Array.from({ length: skipped }, () => ({ where: 'w', kind: 'k', message: 'm' })),
    });
    expect(() => bounded(of(50_001, 0), [file('')])).toThrow(/holds 50001 elements/);
    expect(bounded(of(50_000, 60_000), [file('')]).skipped).toHaveLength(50_001);
  });

  it('is refused when what it says once counts for so many that all of it together is too much', () => {
    const tags = Array.from({ length: 50 }, (_, at) => `${at}`.padEnd(60, 't'));
    const of = (elements: number): Model => ({
      source: 's',
      format: 'f',
      relations: [],
      counts: {},
      notes: [],
      skipped: [],
      elements: Array.from({ length: elements }, (_, at) => ({
        key: String(at),
        kind: 'application',
        name: 'n',
        description: null,
        parent_key: null,
        where: 'w',
        fields: { tags },
      })),
    });
    expect(bounded(of(15_000), [file('')]).elements).toHaveLength(15_000);
    expect(() => bounded(of(25_000), [file('')])).toThrow(/says too much of its 25000 elements/);
  });

  it('keeps the beginning of a long note, and of very many as much as a report needs', () => {
    const none = { source: 's', format: 'f', elements: [], relations: [], counts: {}, skipped: [] };
    const note = { where: 'w', kind: 'k', message: 'm'.repeat(1_001) };
    const { notes } = bounded({ ...none, notes: Array(20_000).fill(note) }, [file('')]);
    expect(notes[0]!.message).toBe(`${'m'.repeat(1_000)} …`);
    expect(notes.length).toBeLessThan(17_000);
    expect(notes.at(-1)).toEqual({
      where: 'all files',
      kind: 'more',
      message: `and ${20_000 - notes.length + 1} more notes, which are not kept`,
    });
  });

  it('is refused with the same words as a small one', async () => {
    const wrong = `${text.slice(0, -20)}<`;
    await expect(archimate!.read([file(wrong)], {})).rejects.toMatchObject({
      name: 'ImportError',
      code: 'NOT_WELL_FORMED',
      file: 'm.archimate',
      line: expect.any(Number),
    });
  });
});
