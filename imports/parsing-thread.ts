import { parentPort, workerData } from 'node:worker_threads';
import { bounded } from './bounded.js';
import { ImportError, type ImportProblem, type ModelFormat, type SourceFile } from './importer.js';
import { formats } from './index.js';
import type { Model } from './model.js';

/** What a thread is asked to parse. */
export type Asked = {
  readonly format: string;
  readonly files: readonly SourceFile[];
  readonly options: Parameters<ModelFormat['read']>[1];
};
/** The model, or what is wrong with the files. */
export type Parsed = { readonly model: Model } | { readonly problem: ImportProblem };

const parsed = async ({ format, files, options }: Asked): Promise<Parsed> => {
  try {
    const { parse } = formats.find(({ name }) => name === format)!;
    return { model: bounded(await parse(files, options), files) };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    const { code, file, line, wrong, expected } = error;
    return { problem: { code, file, ...(line !== undefined && { line }), wrong, expected } };
  }
};

parentPort!.postMessage(await parsed(workerData as Asked));
