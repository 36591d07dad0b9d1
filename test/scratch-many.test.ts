import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { natsStore } from '../src/store/nats/nats-store.js';
import { isConflict } from '../src/store/port.js';
import { topology } from '../streams/index.js';
import { chain, KIND } from './support/events.js';
import { startTestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { envelope, uuid } from './support/commands.js';

for (const sync of ['always', 'lazy'] as const)
it(`append ${sync}`, async () => {
  const server = await startTestServer({ sync });
  const nc = await connect({ servers: server.url });
  const store = await natsStore(nc, { kinds: [KIND], topology, replicas: 1 });
  const t = performance.now();
  const made = Array.from({ length: 3000 }, (_, i) => ({ kind: KIND, aggregate_id: crypto.randomUUID(), expected: 0, events: chain(`x${i}`, 1), claims: [] }));
  console.log('made', performance.now() - t);
  let done = 0;
  const iv = setInterval(() => console.log(sync, 'done', done, performance.now() - t, store.appendStats()), 1000);
  const out = await Promise.all(made.map((a) => store.append(a).then((r) => { done++; return r; })));
  clearInterval(iv);
  console.log(sync, 'appended', performance.now() - t, store.appendStats(), out.filter(isConflict).length);
  await store.close(); await nc.close(); await server.stop();
}, 100_000);

for (const claims of [0, 1, 2])
it(`append with claims ${claims}`, async () => {
  const server = await startTestServer({ sync: 'lazy' });
  const nc = await connect({ servers: server.url });
  const store = await natsStore(nc, { kinds: [KIND], topology, replicas: 1 });
  const t = performance.now();
  const made = Array.from({ length: 3000 }, (_, i) => { const id = crypto.randomUUID(); return { kind: KIND, aggregate_id: id, expected: 0, events: chain(id, 1), claims: Array.from({length: claims}, (_, c) => ({scope: 's' + c, key: 'k' + i, expected: 0, holder: id, label: id})) }; });
  let done = 0;
  const iv = setInterval(() => console.log('done', done, performance.now() - t, store.appendStats()), 1000);
  const out = await Promise.all(made.map((a) => store.append(a as never).then((r) => { done++; return r; })));
  clearInterval(iv);
  console.log('claims', claims, 'appended', performance.now() - t, store.appendStats(), out.filter(isConflict).length);
  await store.close(); await nc.close(); await server.stop();
}, 100_000);

for (const [type, command, n] of [['Application', 'CreateApplication', 3000], ['Server', 'CreateServer', 3000]] as const)
it(`dispatch ${type} ${n}`, async () => {
  const server = await startTestServer();
  const node = await startTestNode(server.url);
  const t = performance.now();
  let done = 0;
  const kinds: Record<string, number> = {};
  const iv = setInterval(() => console.log(type, 'done', done, performance.now() - t, node.store.appendStats()), 1000);
  const data = (id: string) => type === 'Application' ? { name: `App ${id}`, owner: 'T', data_classification: 'internal' } : { name: `srv ${id}`, hostname: id, environment: 'production' };
  const out = await Promise.all(Array.from({ length: n }, () => { const id = uuid(); return node.runtime.dispatch(envelope(type, id, command, data(id)) as never).then((r) => { done++; const k = JSON.stringify(r).slice(0, 200).replace(/[0-9a-f-]{36}/g, 'U').replace(/\d+/g, 'N'); kinds[k] = (kinds[k] ?? 0) + 1; return r; }); }));
  clearInterval(iv);
  console.log(type, 'dispatched', performance.now() - t, node.store.appendStats(), out.length, Object.entries(kinds).slice(0, 5));
  await node.close(); await server.stop();
  expect(1).toBe(1);
}, 100_000);
