import { lagOf } from './lag.js';
import { FULL } from './sections.js';

const run = {
  extent: { ...FULL, mostMs: 1500, lagMs: 4000 },
  profiles: process.argv[2],
  step: (d: string) => console.error(d),
};
console.log(JSON.stringify(await lagOf(run as never, 'sqlite', null)));
