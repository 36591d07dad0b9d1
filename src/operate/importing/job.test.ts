import { describe, expect, it } from 'vitest';
import type { Plan } from './importer.js';
import { Job, REPORT_CHARS_MAX } from './job.js';
import { REPORT_LINES_MAX, reportsCharsMax } from './limits.js';

const dryRun = () =>
  new Job(
    {
      import_id: 'i',
      correlation_id: 'i',
      operation: 'import',
      dry_run: true,
      by: 'cmdb',
    },
    () => 0,
  );
const planOf = (commands: number, tags: readonly string[]): Plan => ({
  notes: [],
  phases: [
    {
      name: 'application',
      atOnce: 1,
      chains: Array.from({ length: commands }, (_, at) => [
        {
          command_type: 'AddTags',
          aggregate_type: 'Application',
          aggregate_id: `a${at}`,
          about: `Application "${at}"`,
          data: { tags },
        },
      ]),
    },
  ],
});
const WITHIN_MS = 5;
const moreIn = (job: Job): unknown => JSON.parse(job.lines.at(-1)!);

describe('the report of an import', () => {
  it('keeps so many characters, counts the rest, and says how many lines it left out', async () => {
    const job = dryRun();
    await job.planned(planOf(12, ['t'.repeat(REPORT_CHARS_MAX / 10)]));
    job.ended('finished');
    expect(job.lines).toHaveLength(10);
    expect(job.chars).toBeLessThan(REPORT_CHARS_MAX);
    expect(job.status()).toMatchObject({ total: 12, commands: { AddTags: 12 }, notes: {} });
    expect(moreIn(job)).toMatchObject({
      message: 'and 3 more lines, which are counted and not kept',
    });
  });

  it('keeps so many lines, and is written while others get their turn', async () => {
    const job = dryRun();
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    await job.planned(planOf(REPORT_LINES_MAX + 1, Array(5).fill('t'.repeat(60))));
    clearInterval(others);
    job.ended('finished');
    expect(job.lines).toHaveLength(REPORT_LINES_MAX + 1);
    expect(moreIn(job)).toMatchObject({ kind: 'more' });
    expect(turns).toBeGreaterThan(1);
  });
});

describe('an import that is stopped', () => {
  it('is waited for until it has ended, and no longer than one waits', async () => {
    const job = dryRun();
    expect([job.stop('ada'), job.stop('bob')]).toEqual([true, false]);
    expect(job.stopping.aborted).toBe(true);
    await job.over(WITHIN_MS);
    expect(job.status()).toMatchObject({ state: 'planning', stopped_by: 'ada', ended_at: null });
    const over = job.over(60_000);
    job.ended('stopped');
    await over;
    expect(job.stop('eve')).toBe(false);
    expect(job.status()).toMatchObject({ state: 'stopped', stopped_by: 'ada' });
  });
});

it('all reports take a sixteenth of the memory of a node, at most', () => {
  expect(reportsCharsMax(512 * 1024 ** 2) * 2).toBe((512 * 1024 ** 2) / 16);
  expect(reportsCharsMax(2 ** 50)).toBe(128 * 1024 ** 2);
});
