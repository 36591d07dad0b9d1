#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

// What it writes, keys and documents among it, is for whoever runs it alone.
process.umask(0o077);

// Node 22.8 and newer keep what they compiled: most of the time of a short command is loading.
module.enableCompileCache?.();

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('Stele is not built yet: run `npm run build`, then try again.\n');
  process.exitCode = 1;
}
