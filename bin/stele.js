#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/src/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('Stele is not built yet: run `npm run build`, then try again.\n');
  process.exitCode = 1;
}
