// Puts what the reference page needs of others beside the compiled program: it runs without the
// packages it was built with.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageFiles } from '../dist/src/edge/openapi/page.js';

const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const to = fileURLToPath(new URL('../dist/assets/', import.meta.url));
mkdirSync(to, { recursive: true });
for (const file of pageFiles) copyFileSync(join(from, file), join(to, file));
