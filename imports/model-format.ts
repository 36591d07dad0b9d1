import type { ReadModel } from '../src/operate/importing/importer.js';
import type { Model } from './model.js';
import type { ParsedFormat } from './parsed-format.js';
import { compareModel } from './plan/compare.js';
import { readApart } from './read-apart.js';

/** A model with the way it is compared. */
const readModel = (model: Model): ReadModel => ({
  source: model.source,
  found: model.counts,
  notes: [...model.notes, ...model.skipped],
  compare: (landscape, comparing) => compareModel(model, landscape, comparing),
});

/** A format from what parses its files; what is large is parsed in a thread of its own. */
export const modelFormat = (format: Omit<ParsedFormat, 'read'>): ParsedFormat => ({
  ...format,
  read: async (files, options) => readModel(await readApart(format, files, options)),
});
