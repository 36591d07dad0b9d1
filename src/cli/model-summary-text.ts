import type { ImportStatus } from './import-status.js';
import type { Paint } from './io.js';
import { clipped } from './table.js';

const LINE_MAX = 160;
/** So many of one kind are shown; the report has all. */
const EXAMPLES_MAX = 3;

type Line = {
  readonly about: string;
  readonly kind?: string;
  readonly code?: string;
  readonly where?: string;
  readonly message?: string;
  readonly what?: string;
  readonly command_type?: string;
  readonly data?: unknown;
};

const counted = (
  title: string,
  counts: Readonly<Record<string, number>>,
  paint: Paint,
): readonly string[] => {
  const all = Object.entries(counts);
  return all.length === 0
    ? []
    : [title, ...all.map(([kind, n]) => `  ${paint('bold', kind)}  ${n.toLocaleString('en')}`)];
};

const withExamples = (title: string, lines: readonly Line[], paint: Paint): readonly string[] => {
  const kinds = new Map<string, Line[]>();
  for (const line of lines) {
    const kind = line.kind ?? line.code ?? '';
    kinds.set(kind, [...(kinds.get(kind) ?? []), line]);
  }
  if (kinds.size === 0) return [];
  return [
    title,
    ...[...kinds].flatMap(([kind, all]) => [
      `  ${paint('bold', kind)}  ${all.length.toLocaleString('en')}`,
      ...all.slice(0, EXAMPLES_MAX).map(({ where, what, command_type, message }) => {
        const place = where ?? `${command_type} of ${what}`;
        return `    ${paint('dim', clipped(`${place}: ${message}`, LINE_MAX))}`;
      }),
      ...(all.length > EXAMPLES_MAX
        ? [`    ${paint('dim', `… and ${all.length - EXAMPLES_MAX} more`)}`]
        : []),
    ]),
  ];
};

/** What an import or a revert came to, for people. A dry run shows every command and every note. */
export const modelSummaryText = (
  status: ImportStatus,
  report: readonly string[],
  paint: Paint,
): string => {
  const lines = report.map((line) => JSON.parse(line) as Line);
  const { dry_run, state, correlation_id, total } = status;
  const head =
    state === 'finished'
      ? `${correlation_id}: ${dry_run ? `${total.toLocaleString('en')} commands would be sent` : 'finished'}`
      : `${correlation_id}: ${state}: ${status.code}: ${status.reason}`;
  const planned = lines.filter(({ about }) => about === 'planned');
  const notes = lines.filter(({ about }) => about === 'note');
  const refused = lines.filter(({ about }) => about === 'refused' || about === 'left_out');
  const sent = [
    `  ${paint('green', 'accepted')}  ${status.sent.accepted.toLocaleString('en')}`,
    `  ${paint('yellow', 'replayed')}  ${status.sent.replayed.toLocaleString('en')}`,
    `  ${paint(status.sent.refused > 0 ? 'red' : 'dim', 'refused')}   ${status.sent.refused.toLocaleString('en')}`,
    `  ${paint('dim', 'left out')}  ${status.sent.left_out.toLocaleString('en')}`,
  ];
  return [
    head,
    ...(dry_run ? [] : sent),
    ...counted('Found:', status.found, paint),
    ...counted('Commands:', status.commands, paint),
    ...(dry_run
      ? planned.map(
          ({ command_type, what, data }) => `  ${command_type} of ${what} ${JSON.stringify(data)}`,
        )
      : []),
    ...withExamples('Refused:', refused, paint),
    ...(dry_run
      ? ['Notes:', ...notes.map(({ kind, where, message }) => `  ${kind}  ${where}: ${message}`)]
      : withExamples('Notes:', notes, paint)),
  ].join('\n');
};
