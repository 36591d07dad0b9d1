import { expect, it } from 'vitest';
import { createHttp } from '../src/edge/http/create-http.js';
import { Runtime } from '../src/write/runtime/runtime.js';
import { memoryStore } from '../src/write/store/memory-store.js';
import { actors } from './index.js';

const log = { warn: () => {}, error: () => {} };
const why = { business_justification: 'nobody knows any more' };
const relation = {
  source_id: 'app-1',
  source_type: 'application',
  target_id: 'app-2',
  target_type: 'application',
  relation_type: 'calls',
};
const application = { name: 'A', owner: 'hr', data_classification: 'internal' };

const server = async () => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: [actors[0]!, ...actors.slice(1)], store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
  const ask = async (method: string, path: string, body: object, headers: object = {}) => {
    const response = await app.request(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-actor': 'ada', ...headers },
      body: JSON.stringify(body),
    });
    const json = (await response.json()) as Record<string, unknown>;
    return { status: response.status, json };
  };
  return { ask, runtime };
};

it.each<[string, object, Readonly<Record<string, unknown>>]>([
  [
    'servers',
    { hostname: 'db-1', environment: 'prod', criticality: 'low' },
    { region: 'eu', platform: 'aws', owning_team: 'dba' },
  ],
  [
    'data-entities',
    { name: 'Orders', classification: 'internal' },
    {
      description: 'what was bought',
      domain: 'sales',
      retention: '10y',
      owner: 'olga',
      steward: 'sue',
      source_system: 'CRM',
      criticality: 'high',
    },
  ],
  ['capabilities', { name: 'Sales' }, { description: 'to sell', strategic_importance: 'high' }],
  [
    'integrations',
    { source_app_id: 'app-1', target_app_id: 'app-2', protocol: 'rest' },
    { frequency: 'daily', sla: '99%', data_contract: 'orders v1' },
  ],
  ['relations', relation, { label: 'orders', description: 'each night' }],
  ['applications', { ...application, name: 'C' }, { description: 'text', criticality: 'low' }],
])('of /%s null takes back every field that need not have a value', async (plural, first, said) => {
  const { ask, runtime } = await server();
  for (const [n, name] of ['A', 'B'].entries())
    await ask('POST', `/applications/app-${n + 1}/commands/create-application`, {
      ...application,
      name,
    });
  const { json, status } = await ask('POST', `/${plural}`, first);
  expect([status, json.code]).toEqual([201, undefined]);
  const path = `/${plural}/${json.aggregate_id}`;
  const definition = actors.find(({ name }) => name === json.aggregate_type)!;
  const data = async () => (await runtime.state(definition, String(json.aggregate_id))).data;
  const set = await ask('PATCH', path, { ...said, ...why, justification: 'asked' });
  expect([set.status, set.json.detail]).toEqual([200, undefined]);
  expect(await data()).toMatchObject(said);
  const nothing = Object.fromEntries(Object.keys(said).map((field) => [field, null]));
  const cleared = await ask('PATCH', path, { ...nothing, ...why });
  expect([cleared.status, cleared.json.detail]).toEqual([200, undefined]);
  expect(await data()).toMatchObject(nothing);
  expect((await ask('PATCH', path, { ...nothing, ...why })).json.commands).toEqual([]);
});
