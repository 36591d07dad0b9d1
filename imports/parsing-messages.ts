import type { ImportProblem, ModelFormat, SourceFile } from '../src/operate/importing/importer.js';
import type { Model } from './model.js';

/** What a thread is asked to parse. */
export type Asked = {
  readonly format: string;
  readonly files: readonly SourceFile[];
  readonly options: Parameters<ModelFormat['read']>[1];
};
/** The lists of a model, which come in pieces. */
export const LISTS = ['elements', 'relations', 'skipped', 'notes'] as const;
export type List = (typeof LISTS)[number];

/** Pieces of the lists of a model and then the rest of it, or what is wrong with the files. */
export type Parsed =
  | { readonly list: List; readonly items: readonly unknown[] }
  | { readonly rest: Omit<Model, List> }
  | { readonly problem: ImportProblem };
