import { startThrowawayServer } from './throwaway-server.js';
import { startWorker } from './worker.js';
import type { Landscape } from './workers/landscape.js';
import type { Travelling } from './workers/travelling.js';
import { timesOf } from './measure.js';
const server = await startThrowawayServer();
const w = startWorker<Landscape>('landscape');
const of = { hundred: 10, 'ten-thousand': 1 };
const last = await w.call('write', { url: server.url, applications: 3000, of });
await w.end();
const p = startWorker<Travelling>('travelling');
await p.call('open', { url: server.url, of });
for (const name of ['hundred', 'ten-thousand'] as const) {
const stop = await p.profile(`/tmp/prof/travel-${name}.cpuprofile`);
const t: number[] = [];
for (let i = 0; i < 40; i++) t.push(await p.call('aggregate', { name, by: 'version' }));
await stop();
console.log(name, timesOf(t), t.map((x) => Math.round(x)).join(' '));
}
await p.end(); await server.stop();
