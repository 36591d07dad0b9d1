import { measureLag } from './lag.js';
import { measureReadSide } from './read-side.js';
import { lagRows, readSideRows } from './read-side-rows.js';
import { tableOf } from './report.js';
import { FULL } from './sections.js';

const [apps = '2000', only = 'rebuild', profiles] = process.argv.slice(2);
const run = {
  extent: {
    ...FULL,
    applications: Number(apps),
    ms: 500,
    rounds: 1,
    queryRounds: 1,
    hundreds: 10,
    travelledTenThousands: 1,
    journeys: 40,
    moments: 3,
    lagMs: 3000,
  },
  wanted: (s: string) => only.split(',').includes(s),
  profiles,
  root: '',
  step: (d: string) => console.error(d),
};
const f = await measureReadSide(run as never);
if (f) console.log(tableOf(readSideRows(f!)));
const l = await measureLag(run as never);
if (l) console.log(tableOf(lagRows(l)));
