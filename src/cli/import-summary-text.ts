import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Stop } from './exit.js';
import type { Paint } from './io.js';
import type { ImportSummary, ReportLine, Tally } from './run-import.js';
import { clipped, count } from './table.js';

const LINE_MAX = 160;

/** All refusals and notes of an import as JSON lines. */
export type Report = {
  write(line: ReportLine): void;
  close(): Promise<void>;
};

export const openReport = async (file: string | undefined): Promise<Report> => {
  if (file === undefined) return { write: () => undefined, close: async () => undefined };
  const stream = createWriteStream(file);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Stop(`--report: ${file} cannot be written (${error.code})`)),
    );
  });
  return {
    write: (line) => void stream.write(`${JSON.stringify(line)}\n`),
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
};

const tallies = (of: ReadonlyMap<string, Tally>, paint: Paint): string[] =>
  [...of].flatMap(([kind, { count: n, examples }]) => [
    `  ${paint('bold', kind)}  ${n.toLocaleString('en')}`,
    ...examples.map((example) => `    ${paint('dim', clipped(example, LINE_MAX))}`),
    ...(n > examples.length ? [`    ${paint('dim', `… and ${n - examples.length} more`)}`] : []),
  ]);

const total = (of: ReadonlyMap<string, Tally>): number =>
  [...of.values()].reduce((sum, { count: n }) => sum + n, 0);

/** What an import came to, for people. */
export const importSummaryText = (
  summary: ImportSummary,
  seconds: number,
  paint: Paint,
): string => {
  const { steps, accepted, replayed, refused, notes } = summary;
  const all = accepted + replayed + total(refused);
  const rate = seconds > 0 ? ` (${Math.round(all / seconds).toLocaleString('en')} per second)` : '';
  const no = total(refused);
  return [
    `${count(steps, 'version')} read, ${count(all, 'command')} sent in ${seconds.toFixed(1)} s${rate}`,
    `  ${paint('green', 'accepted')}  ${accepted.toLocaleString('en')}`,
    `  ${paint('yellow', 'replayed')}  ${replayed.toLocaleString('en')}${replayed > 0 ? '  (went in before; nothing was written)' : ''}`,
    `  ${paint(no > 0 ? 'red' : 'dim', 'refused')}   ${no.toLocaleString('en')}`,
    ...(no > 0 ? ['Refused:', ...tallies(refused, paint)] : []),
    ...(notes.size > 0 ? ['Notes:', ...tallies(notes, paint)] : []),
  ].join('\n');
};

/** The same for programs. */
export const importSummaryJson = (summary: ImportSummary, seconds: number): object => ({
  versions: summary.steps,
  accepted: summary.accepted,
  replayed: summary.replayed,
  refused: Object.fromEntries([...summary.refused].map(([code, { count: n }]) => [code, n])),
  notes: Object.fromEntries([...summary.notes].map(([kind, { count: n }]) => [kind, n])),
  seconds,
});
