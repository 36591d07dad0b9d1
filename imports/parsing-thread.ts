import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { ImportError, type ImportProblem } from '../src/operate/importing/importer.js';
import { bounded } from './bounded.js';
import { formats } from './index.js';
import type { Model } from './model.js';
import { type Asked, LISTS, type Parsed } from './parsing-messages.js';

/** Of each list of a model, what is handed over in one go; whoever takes it asks for the next. */
const PIECE_ITEMS = 2_000;

const parsed = async ({
  format,
  files,
  options,
}: Asked): Promise<{ readonly model: Model } | { readonly problem: ImportProblem }> => {
  try {
    const { parse } = formats.find(({ name }) => name === format)!;
    return { model: bounded(await parse(files, options), files) };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    const { code, file, line, wrong, expected } = error;
    return { problem: { code, file, ...(line !== undefined && { line }), wrong, expected } };
  }
};

const tell = (told: Parsed): void => parentPort!.postMessage(told);

const handOver = async (model: Model): Promise<void> => {
  for (const list of LISTS)
    for (let from = 0; from < model[list].length; from += PIECE_ITEMS) {
      tell({ list, items: model[list].slice(from, from + PIECE_ITEMS) });
      await once(parentPort!, 'message');
    }
  const { source, format, counts } = model;
  tell({ rest: { source, format, counts } });
};

const made = await parsed(workerData as Asked);
if ('problem' in made) tell(made);
else await handOver(made.model);
