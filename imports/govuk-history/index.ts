import type { Importer, ImportNote, ImportStep } from '../../src/operate/importing/importer.js';
import {
  advance,
  DATA_CLASSIFICATION,
  ENVIRONMENT,
  NOTHING_YET,
  SERVER_CRITICALITY,
  shortSha,
  UNASSIGNED,
} from './commands.js';
import { countVersions, FORMAT, readVersions } from './read-history.js';
import { type Inventory, readInventory } from './read-inventory.js';

const WHOLE_FILE = 'whole file';
/** It takes everything in the first version for new. */
const BEGINS = {
  refusedBy: 'NAME_TAKEN',
  otherwise:
    'a history begins where nothing of it is there: to continue one, import the whole of it, from its first version on, as one file',
};

/** What holds for every version; said once, with the first step. */
const HOW_IT_IS_READ: readonly ImportNote[] = [
  `data_classification is not in the source; every application gets "${DATA_CLASSIFICATION}"`,
  `an application without a team gets the owner "${UNASSIGNED}"`,
  `production_hosted_on is read as a server of that name, in environment "${ENVIRONMENT}"`,
  `criticality is not in the source; every server gets "${SERVER_CRITICALITY}"`,
  'type is read as a business capability of that name, spelled as found',
  'retired is read as deprecated and then retired at the same moment',
  'a name that disappears is read as a deletion; the source does not tell renames',
].map((message) => ({ where: WHOLE_FILE, kind: 'reading', message }));

const addUp = (totals: Map<string, number>, { readPast }: Inventory): void => {
  for (const [field, rows] of readPast) totals.set(field, (totals.get(field) ?? 0) + rows);
};

/** Said once, with the last step: what was there and is not imported. */
const readPastNotes = (totals: ReadonlyMap<string, number>): readonly ImportNote[] =>
  [...totals]
    .sort(([, a], [, b]) => b - a)
    .map(([field, rows]) => ({
      where: WHOLE_FILE,
      kind: 'read-past',
      message: `${field} is not imported (${rows} rows)`,
    }));

async function* readSteps(file: string, steps: number): AsyncGenerator<ImportStep> {
  const readPast = new Map<string, number>();
  let imported = NOTHING_YET;
  let count = 0;
  let last = '';
  for await (const { line, commit, committed_at, actor, path, yaml } of readVersions(file)) {
    const label = `${path}@${shortSha(commit)}`;
    const notes: ImportNote[] = count === 0 ? [...HOW_IT_IS_READ] : [];
    if (committed_at < last)
      notes.push({
        where: label,
        kind: 'earlier-than-before',
        message: `committed at ${committed_at}, earlier than the version before it (${last})`,
      });
    last = committed_at;
    const inventory = readInventory(yaml, { file, line, label });
    addUp(readPast, inventory);
    const step = advance(imported, inventory.rows, { sha: commit, at: committed_at, actor });
    imported = step.imported;
    count += 1;
    notes.push(...inventory.notes, ...step.notes);
    if (count === steps) notes.push(...readPastNotes(readPast));
    yield { label: `${label} ${committed_at}`, commands: step.commands, notes };
  }
}

/** The history of GOV.UK's application inventory: every committed version becomes one step. */
export const govukHistory: Importer = {
  name: 'govuk-history',
  summary: "Every committed version of GOV.UK's application inventory, 2016 to 2023.",
  format: `.jsonl or .jsonl.gz: ${FORMAT}; yaml is a list of applications`,
  open: async (file) => {
    const steps = await countVersions(file);
    return { steps, begins: BEGINS, read: () => readSteps(file, steps) };
  },
};
