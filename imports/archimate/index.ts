import { ImportError, type SourceFile } from '../../src/operate/importing/importer.js';
import { Forest } from '../forest.js';
import type { Model } from '../model.js';
import { dropOrphans, elementOf, stableKeys, takeElements } from './elements.js';
import { isGraficoHead, readGrafico } from './grafico.js';
import { LIMITS, type Limits } from './limits.js';
import { NATIVE_NAMESPACES, readNative } from './native.js';
import { openExchangeVersion, readOpenExchange } from './open-exchange.js';
import { Relations } from './relations.js';
import { Report } from './report.js';
import { DRAWN, type Source } from './source.js';
import { readXml, shown } from './xml.js';

const readOne = (file: SourceFile, limits: Limits): Source => {
  const root = readXml(file, DRAWN, limits);
  if (openExchangeVersion(root.namespace)) return readOpenExchange(file.path, root, limits);
  if (isGraficoHead(root)) return readGrafico([file], limits);
  if (NATIVE_NAMESPACES.has(root.namespace)) return readNative(file.path, root, limits);
  throw new ImportError({
    code: 'NOT_A_MODEL',
    file: file.path,
    line: root.line,
    wrong: `begins with <${shown(root.name)}> of ${root.namespace ? `the namespace "${shown(root.namespace)}"` : 'no namespace'}`,
    expected: 'a model that Archi saved, or one in the ArchiMate exchange format',
  });
};

const readSource = (files: readonly SourceFile[], limits: Limits): Source => {
  const [only, second] = files;
  return only && !second ? readOne(only, limits) : readGrafico(files, limits);
};

const landscapeOf = (source: Source): Model => {
  const report = new Report();
  const forest = new Forest();
  report.skipAll(source.leftOut);
  const taken = takeElements(source, report);
  const relations = new Relations(source, taken, { forest, report });
  relations.readParts();
  dropOrphans(taken, forest, report);
  const key = stableKeys([...source.concepts, ...source.links].map(({ id }) => id));
  const elements = forest
    .parentsFirst(taken.values())
    .map((one) => elementOf(one, { forest, key, report }));
  const others = relations.readOthers(key);
  if (source.id === null)
    report.note('model-without-id', source.file, 'the model has no id; its name stands for it');
  return {
    source: source.id === null ? source.name : stableKeys([])(source.id),
    format: source.format,
    elements,
    relations: others,
    skipped: report.skipped,
    notes: report.notes,
    counts: source.counts,
  };
};

/** Which files of a folder belong to an ArchiMate model. */
export const isArchimatePart = (path: string): boolean => /\.(xml|archimate)$/i.test(path);

/**
 * Read an ArchiMate model: one native file (versions 2 and 3), one file in the Open Group's
 * exchange format (versions 2 and 3), or the files of a GRAFICO folder. What it is, its content
 * tells.
 *
 * @throws ImportError when it is none of these, or when it is hostile
 */
export const readArchimate = (files: readonly SourceFile[], limits: Limits = LIMITS): Model =>
  landscapeOf(readSource(files, limits));
