import type { Importer, ModelImports } from '../src/operate/importing/importer.js';
import { isArchimatePart, readArchimate } from './archimate/index.js';
import { lighten } from './archimate/lighten.js';
import { backstage } from './backstage/index.js';
import { compose } from './compose/index.js';
import { csv } from './csv/index.js';
import { govukHistory } from './govuk-history/index.js';
import { modelFormat } from './model-format.js';
import type { ParsedFormat } from './parsed-format.js';
import { undo } from './plan/undo.js';

/** Every importer of histories; a new one is a folder here and one entry in this list. */
export const importers: readonly Importer[] = [govukHistory];

const archimate = modelFormat({
  name: 'archimate',
  summary: 'An ArchiMate model: elements and relations of the layers that Stele knows.',
  format: 'an .archimate file (Archi 2 to 5), Open Exchange XML, or a GRAFICO folder',
  isPart: isArchimatePart,
  lighten,
  parse: (files) => readArchimate(files),
});

/** Every format of models; a new one is a folder here and one entry in this list. */
export const formats: readonly ParsedFormat[] = [archimate, backstage, compose, csv];

/** How models come in and are taken back. */
export const models: ModelImports = { formats, undo };
