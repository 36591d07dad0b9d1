import { describe, expect, it } from 'vitest';
import { eventId } from '../core/ids.js';
import { problemOf } from '../edge/wire/problem.js';
import type { ImportCommand, ImportStep, OpenedImport } from '../operate/importing/importer.js';
import { toRuntime } from '../operate/importing/send.js';
import { importSummaryText } from './import-summary-text.js';
import { ImportStopped, type ReportLine, runImport, type Sent } from './run-import.js';

const command = (n: number): ImportCommand => ({
  command_id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  command_type: 'SwitchOn',
  aggregate_type: 'Lamp',
  aggregate_id: `lamp-${n % 2}`,
  correlation_id: 'c',
  actor: 'importer',
  actor_type: 'service',
  source: 'import',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: {},
  metadata: { effective_at: '2020-01-01T00:00:00Z' },
});
const note = { where: 'row 7', kind: 'skipped', message: 'it has no name' };
const opened = (...steps: ImportStep[]): OpenedImport => ({
  steps: steps.length,
  async *read() {
    yield* steps;
  },
});
const TWO = opened(
  { label: 'v1', commands: [command(1), command(2), command(3)], notes: [note] },
  { label: 'v2', commands: [command(4)], notes: [] },
);
const YES: Sent = { kind: 'accepted', replayed: false };
const no = (code: string): Sent => ({ kind: 'refused', code, message: 'because' });
const LATER: Sent = { kind: 'unavailable', code: 'BUSY', message: 'later' };
const plain = (_: unknown, text: string) => text;

describe('importing', () => {
  it('sends every command in order, one at a time', async () => {
    const order: string[] = [];
    let open = 0;
    const summary = await runImport({
      opened: TWO,
      send: async ({ command_id }) => {
        expect(++open).toBe(1);
        await Promise.resolve();
        order.push(command_id.slice(-1));
        open--;
        return YES;
      },
    });
    expect(order).toEqual(['1', '2', '3', '4']);
    expect(summary).toMatchObject({ steps: 2, accepted: 4, replayed: 0 });
    expect(summary.busiest.get('Lamp')).toEqual({ id: 'lamp-1', commands: 2 });
  });

  it('begins nothing where what it begins with is there already, unless it was itself', async () => {
    const begins = { refusedBy: 'TAKEN', otherwise: 'give the whole of it' };
    const sent: ImportCommand[] = [];
    const run = (dry: Sent) =>
      runImport({
        opened: { ...TWO, begins },
        send: async (one) => {
          sent.push(one);
          return one.dry_run ? dry : YES;
        },
      });
    await expect(run(no('TAKEN'))).rejects.toMatchObject({
      name: 'ImportStopped',
      begun: false,
      message: expect.stringMatching(/TAKEN of 2 in v1.*give the whole of it. Nothing was sent/),
    });
    expect(sent.map(({ aggregate_id, dry_run }) => [aggregate_id, dry_run])).toEqual([
      ['lamp-1', true],
      ['lamp-0', true],
    ]);
    expect(await run({ kind: 'accepted', replayed: true })).toMatchObject({ accepted: 4 });
    expect(await run(no('REFERENCE_NOT_FOUND'))).toMatchObject({ accepted: 4 });
  });

  it('counts replays and refusals by code, and goes on after a refusal', async () => {
    const lines: ReportLine[] = [];
    const answers = [{ kind: 'accepted', replayed: true } as const, no('TAKEN'), no('TAKEN'), YES];
    const summary = await runImport({
      opened: TWO,
      send: async () => answers.shift()!,
      onReport: (line) => lines.push(line),
    });
    expect(summary).toMatchObject({ accepted: 1, replayed: 1 });
    expect(summary.refused.get('TAKEN')).toEqual({
      count: 2,
      examples: ['v1: SwitchOn lamp-0: because', 'v1: SwitchOn lamp-1: because'],
    });
    expect(lines.map(({ about, step }) => [about, step])).toEqual([
      ['note', 'v1'],
      ['refused', 'v1'],
      ['refused', 'v1'],
    ]);
    expect(importSummaryText(summary, 2, plain)).toMatchInlineSnapshot(`
      "2 versions read, 4 commands sent in 2.0 s (2 per second)
        accepted  1
        replayed  1  (went in before; nothing was written)
        refused   2
      Refused:
        TAKEN  2
          v1: SwitchOn lamp-0: because
          v1: SwitchOn lamp-1: because
      Notes:
        skipped  1
          row 7: it has no name"
    `);
  });

  it('tries a command again, the same one, until there is a yes or a no', async () => {
    const sent: string[] = [];
    const pauses: number[] = [];
    const answers = [LATER, LATER, YES];
    const summary = await runImport({
      opened: opened({ label: 'v1', commands: [command(1)], notes: [] }),
      send: async ({ command_id }) => {
        sent.push(command_id);
        return answers.shift()!;
      },
      pause: async (ms) => pauses.push(ms),
    });
    expect(new Set(sent)).toEqual(new Set([command(1).command_id]));
    expect(sent).toHaveLength(3);
    expect(pauses).toEqual([100, 200]);
    expect(summary.accepted).toBe(1);
  });

  it('stops, and says where, when there is neither for too long', async () => {
    let waits = 0;
    const answers = [YES];
    const stopped = runImport({
      opened: TWO,
      send: async () => answers.shift() ?? LATER,
      pause: async () => undefined,
      onWait: () => waits++,
    });
    await expect(stopped).rejects.toThrow(
      `stopped in v1 at SwitchOn lamp-0 (${command(2).command_id}): BUSY: later`,
    );
    await expect(stopped).rejects.toBeInstanceOf(ImportStopped);
    await expect(stopped).rejects.toMatchObject({ summary: { accepted: 1 } });
    expect(waits).toBe(15);
  });

  it('stops on the signal', async () => {
    const stop = new AbortController();
    const stopped = runImport({
      opened: TWO,
      send: async () => {
        stop.abort();
        return YES;
      },
      signal: stop.signal,
    });
    await expect(stopped).rejects.toMatchObject({ summary: { accepted: 1 } });
  });

  it('names events as the log has them, also where an earlier version gave them other ids', async () => {
    const worked = (n: number, index: number) => eventId(command(n).command_id, index, command(n));
    const naming: ImportCommand = {
      ...command(3),
      data: { corrects: worked(1, 1), others: [{ id: worked(1, 0) }, worked(2, 0), 'text'] },
    };
    const sent: ImportCommand[] = [];
    await runImport({
      opened: opened({ label: 'v1', commands: [command(1), command(2), naming], notes: [] }),
      send: async (one) => {
        sent.push(one);
        // The first went in long ago, the second now.
        if (sent.length === 1)
          return { kind: 'accepted', replayed: true, event_ids: ['old 0', 'old 1'] };
        return { kind: 'accepted', replayed: false, event_ids: [worked(2, 0)] };
      },
    });
    expect(sent[1]).toEqual(command(2));
    expect(sent[2]).toEqual({
      ...naming,
      data: { corrects: 'old 1', others: [{ id: 'old 0' }, worked(2, 0), 'text'] },
    });
  });

  it('reads what a runtime answers: a refusal, a node that is busy, a fault', async () => {
    const answering = (answer: () => unknown) =>
      toRuntime({ dispatch: async () => answer() as never }, problemOf)(command(1));
    expect(await answering(() => ({ refused: 'TAKEN', message: 'x' }))).toMatchObject({
      kind: 'refused',
      code: 'TAKEN',
    });
    expect(await answering(() => ({ refused: 'BUSY', message: 'x' }))).toMatchObject({
      kind: 'unavailable',
    });
    const thrown = await answering(() => {
      throw new TypeError('oops');
    });
    expect(thrown).toEqual({ kind: 'refused', code: 'INTERNAL', message: 'oops' });
  });
});
