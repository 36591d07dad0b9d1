import type { ModelFormat, ReadModel } from '../src/operate/importing/importer.js';
import type { Model } from './model.js';
import { compareModel } from './plan/compare.js';
import { readApart } from './read-apart.js';

/** A model with the way it is compared. */
const readModel = (model: Model): ReadModel => ({
  source: model.source,
  found: model.counts,
  notes: [...model.notes, ...model.skipped],
  compare: (landscape, comparing) => compareModel(model, landscape, comparing),
});

/** What makes a model of files, in the thread that calls it. */
type Parse = (...given: Parameters<ModelFormat['read']>) => Model | Promise<Model>;
export type ParsedFormat = ModelFormat & { readonly parse: Parse };

/** A format from what parses its files; what is large is parsed in a thread of its own. */
export const modelFormat = (format: Omit<ParsedFormat, 'read'>): ParsedFormat => ({
  ...format,
  read: async (files, options) => readModel(await readApart(format, files, options)),
});
