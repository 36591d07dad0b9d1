// Changes the sources one place at a time and looks which changes no test notices:
//
//   npm run test:mutation -- core
//   npm run test:mutation -- runtime --mutate src/write/runtime/turn.ts
//
// Without a name all areas, one after the other. What follows is for Stryker.
import { spawnSync } from 'node:child_process';
import { AREA_NAMES } from './mutation-areas.js';

const [first, ...others] = process.argv.slice(2);
const named = AREA_NAMES.includes(first);
const options = named ? others : process.argv.slice(2);

for (const name of named ? [first] : AREA_NAMES) {
  const { status } = spawnSync('stryker', ['run', ...options], {
    stdio: 'inherit',
    env: { ...process.env, STELE_TEST_MUTATE: name },
  });
  if (status !== 0) process.exitCode = 1;
}
