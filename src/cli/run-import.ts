import type {
  ImportCommand,
  ImportNote,
  ImportStep,
  OpenedImport,
} from '../operate/importing/importer.js';
import { type Patience, type Send, sendSurely } from '../operate/importing/send.js';
import { StoredIds } from './stored-ids.js';

export type { Sent } from '../operate/importing/send.js';

/** A line of the report: everything that did not simply go in. */
export type ReportLine =
  | ({ readonly about: 'note'; readonly step: string } & ImportNote)
  | ({
      readonly about: 'refused';
      readonly step: string;
      readonly code: string;
      readonly message: string;
    } & ImportCommand);

/** So many of one kind are shown; the report has all. */
const EXAMPLES_MAX = 3;
/** How many of a kind there were, and the first few. */
export type Tally = { count: number; readonly examples: string[] };

export type ImportSummary = {
  steps: number;
  accepted: number;
  replayed: number;
  readonly refused: Map<string, Tally>;
  readonly notes: Map<string, Tally>;
  /** Per aggregate type, one that received the most commands. */
  readonly busiest: Map<string, { id: string; commands: number }>;
};

/** The import cannot go on now; run again, it goes on where it stopped, if it began at all. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped';
  constructor(
    message: string,
    readonly summary: ImportSummary,
    readonly begun = true,
  ) {
    super(message);
  }
}

export type RunImportOptions = Patience & {
  readonly opened: OpenedImport;
  readonly send: Send;
  /** Called after each step, and with each command of a step. */
  readonly onProgress?: (step: number, label: string) => void;
  readonly onReport?: (line: ReportLine) => void;
};

const tally = (of: Map<string, Tally>, kind: string, example: string): void => {
  const one = of.get(kind) ?? { count: 0, examples: [] };
  one.count += 1;
  if (one.examples.length < EXAMPLES_MAX) one.examples.push(example);
  of.set(kind, one);
};

/** Number of commands per aggregate, kept per type; bounded by the number of aggregates. */
const countIn = (
  summary: ImportSummary,
  counts: Map<string, number>,
  { aggregate_type: type, aggregate_id: id }: ImportCommand,
): void => {
  const key = `${type}/${id}`;
  const commands = (counts.get(key) ?? 0) + 1;
  counts.set(key, commands);
  if (commands > (summary.busiest.get(type)?.commands ?? 0))
    summary.busiest.set(type, { id, commands });
};

/** The first command of each aggregate. */
const firstOnes = (commands: readonly ImportCommand[]): readonly ImportCommand[] => [
  ...new Map(
    commands.toReversed().map((one) => [`${one.aggregate_type}/${one.aggregate_id}`, one]),
  ).values(),
];

/** Try what the first step creates, unless it is there from before. @throws ImportStopped */
const tryFirst = async (
  { label, commands }: ImportStep,
  { opened: { begins }, send, ...patience }: RunImportOptions,
  summary: ImportSummary,
): Promise<void> => {
  if (!begins) return;
  const taken: string[] = [];
  for (const command of firstOnes(commands)) {
    const sent = await sendSurely({ ...command, dry_run: true }, send, patience);
    if (sent.kind === 'accepted' && sent.replayed) return;
    if (sent.kind === 'refused' && sent.code === begins.refusedBy) taken.push(sent.message);
  }
  if (taken.length > 0)
    throw new ImportStopped(
      `is not begun: ${begins.refusedBy} of ${taken.length} in ${label}, such as "${taken[0]}"; ${begins.otherwise}. Nothing was sent`,
      summary,
      false,
    );
};

/**
 * Send every command of an import, one after the other, so that the same file gives the same log.
 * Command ids are stable: what went in before is a replay and changes nothing.
 *
 * @throws ImportStopped when a command got neither a yes nor a no for too long, or on the signal.
 */
export const runImport = async (options: RunImportOptions): Promise<ImportSummary> => {
  const { opened, onProgress, onReport, signal } = options;
  const counts = new Map<string, number>();
  const stored = new StoredIds();
  const summary: ImportSummary = {
    steps: 0,
    accepted: 0,
    replayed: 0,
    refused: new Map(),
    notes: new Map(),
    busiest: new Map(),
  };
  for await (const step of opened.read()) {
    const { label, commands, notes } = step;
    if (summary.steps === 0) await tryFirst(step, options, summary);
    for (const note of notes) {
      tally(summary.notes, note.kind, `${note.where}: ${note.message}`);
      onReport?.({ about: 'note', step: label, ...note });
    }
    for (const planned of commands) {
      const command = stored.in(planned);
      if (signal?.aborted) throw new ImportStopped(`stopped in ${label}`, summary);
      const sent = await sendSurely(command, options.send, options);
      const name = `${command.command_type} ${command.aggregate_id}`;
      if (sent.kind === 'unavailable')
        throw new ImportStopped(
          `stopped in ${label} at ${name} (${command.command_id}): ${sent.code}: ${sent.message}`,
          summary,
        );
      countIn(summary, counts, command);
      if (sent.kind === 'accepted') {
        summary[sent.replayed ? 'replayed' : 'accepted'] += 1;
        stored.learn(command, sent.event_ids ?? []);
      } else {
        const { code, message } = sent;
        tally(summary.refused, code, `${label}: ${name}: ${message}`);
        onReport?.({ about: 'refused', step: label, code, message, ...command });
      }
      onProgress?.(summary.steps, label);
    }
    summary.steps += 1;
    onProgress?.(summary.steps, label);
  }
  return summary;
};
