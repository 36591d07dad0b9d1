import { writeFileSync } from 'node:fs';
import { apiDocuments } from './api-documents.js';

for (const [file, text] of Object.entries(apiDocuments()))
  writeFileSync(new URL(`../${file}`, import.meta.url), text);
