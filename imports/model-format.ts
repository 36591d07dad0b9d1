import type { ModelFormat, ReadModel } from './importer.js';
import type { Model } from './model.js';
import { compareModel } from './plan/compare.js';

/** A model with the way it is compared. */
const readModel = (model: Model): ReadModel => ({
  source: model.source,
  found: model.counts,
  notes: [...model.notes, ...model.skipped],
  compare: (landscape, comparing) => compareModel(model, landscape, comparing),
});

type Reader = Omit<ModelFormat, 'read'> & {
  readonly readModel: (...given: Parameters<ModelFormat['read']>) => Model | Promise<Model>;
};

/** A format from what reads its files. */
export const modelFormat = ({ readModel: read, ...rest }: Reader): ModelFormat => ({
  ...rest,
  read: async (files, options) => readModel(await read(files, options)),
});
