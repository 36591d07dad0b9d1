import { govukHistory } from './govuk-history/index.js';
import type { Importer } from './importer.js';

/** Every importer there is; a new one is a folder here and one entry in this list. */
export const importers: readonly Importer[] = [govukHistory];
