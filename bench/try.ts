import { mkdtempSync } from 'node:fs';
import { startThrowawayPostgres } from './throwaway-postgres.js';
import { startThrowawayServer } from './throwaway-server.js';
import { startWorker } from './worker.js';
import type { Landscape } from './workers/landscape.js';
import type { Projecting } from './workers/projecting.js';

const [apps = '2000', what = 'sqlite:portfolio', profile] = process.argv.slice(2);
const server = await startThrowawayServer();
const w = startWorker<Landscape>('landscape');
const last = await w.call('write', {
  url: server.url,
  applications: Number(apps),
  of: { hundred: 0, 'ten-thousand': 0 },
});
console.log('consume', await w.call('consume', { upTo: last }));
await w.end();
const pg = what.includes('postgres') ? await startThrowawayPostgres() : undefined;
for (const one of what.split(',')) {
  const [engine, projection] = one.split(':');
  const p = startWorker<Projecting>('projecting');
  const stop = profile
    ? await p.profile(`/tmp/prof/${engine}-${projection}.cpuprofile`)
    : undefined;
  const b = await p.call('build', {
    url: server.url,
    place: {
      dataDir: mkdtempSync('/tmp/mb/v'),
      databaseUrl: engine === 'postgresql' ? pg!.url : undefined,
    },
    projection: projection as never,
    upTo: last,
  });
  await stop?.();
  console.log(one, JSON.stringify(b));
  await p.end();
}
await pg?.stop();
await server.stop();
