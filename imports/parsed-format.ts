import type { ModelFormat } from '../src/operate/importing/importer.js';
import type { Model } from './model.js';

/** What makes a model of files, in the thread that calls it. */
type Parse = (...given: Parameters<ModelFormat['read']>) => Model | Promise<Model>;
/** A format, with what parses its files. */
export type ParsedFormat = ModelFormat & { readonly parse: Parse };
