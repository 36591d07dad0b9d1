import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './support/nats.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

type Json = Record<string, unknown>;
type Ends = readonly [source: string, target: string];
type Reached = { readonly id: string; readonly type: string; readonly distance: number };

const HEADERS = {
  'content-type': 'application/json',
  'x-actor': 'ada',
  'x-business-justification': 'the board said so',
};
const APPS = 12;
const DEPTH = '20';

/** Distances by plain breadth-first search over pairs. */
const searched = (start: string, pairs: readonly Ends[]): Map<string, number> => {
  const found = new Map([[start, 0]]);
  for (const [at, far] of found)
    for (const [from, to] of pairs) if (from === at && !found.has(to)) found.set(to, far + 1);
  found.delete(start);
  return found;
};

describe('the landscape of a node', () => {
  let server: TestServer;
  let node: WholeNode;
  /** What was said, to search through without the node. */
  const depends: Ends[] = [];

  const ask = async (path: string): Promise<Json> => {
    const response = await fetch(`${node.url}${path}`);
    const json = (await response.json()) as Json;
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const report = async (name: string, params: Record<string, string> = {}): Promise<Json> =>
    (await ask(`/views/landscape/${name}?${new URLSearchParams(params)}`)).answer as Json;
  const tell = async (path: string, data: object): Promise<Json> => {
    const body = JSON.stringify(data);
    const response = await fetch(`${node.url}${path}`, { method: 'POST', headers: HEADERS, body });
    const json = (await response.json()) as Json;
    if (!response.ok) throw new Error(`${path} ${body}: ${JSON.stringify(json)}`);
    return json;
  };
  /** A relation of this kind, and its id, which follows from its ends. */
  const relate = async (source: string, relation_type: string, target: string, more: Json = {}) => {
    const [source_type, source_id] = source.split(':');
    const [target_type, target_id] = target.split(':');
    const ends = { source_type, source_id, relation_type, target_type, target_id };
    const { aggregate_id } = await tell('/relations/commands/create-relation', {
      ...ends,
      ...more,
    });
    return String(aggregate_id);
  };
  const reached = (answer: Json): Map<string, number> =>
    new Map(
      (answer.elements as Reached[]).map(({ type, id, distance }) => [`${type}:${id}`, distance]),
    );

  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startWholeNode(server.url);
    await tell('/business-capabilities/trade/commands/create-capability', { name: 'Trade' });
    await tell('/business-capabilities/sell/commands/create-capability', {
      name: 'Sell',
      parent_id: 'trade',
    });
    await tell('/servers/s1/commands/create-server', {
      hostname: 's1.example',
      environment: 'prod',
      criticality: 'high',
    });
    await tell('/data-entities/orders/commands/create-data-entity', {
      name: 'Orders',
      classification: 'restricted',
    });
    await tell('/organizations/it/commands/create-organization', { name: 'IT' });
    for (let n = 0; n < APPS; n++)
      await tell(`/applications/a${n}/commands/create-application`, {
        name: `App ${n}`,
        owner: 'it',
        data_classification: 'internal',
        lifecycle: 'active',
        ...(n === 0 && { capability_id: 'sell' }),
      });
    for (let n = 1; n < APPS; n++)
      for (const to of new Set([Math.floor(n / 2), (n * 5) % n, (n + 1) % APPS])) {
        await relate(`application:a${n}`, 'depends_on', `application:a${to}`);
        depends.push([`application:a${n}`, `application:a${to}`]);
      }
    await tell('/applications/a0/commands/assign-to-server', { server_id: 's1' });
    await tell('/applications/a0/commands/offer-service', {
      service_id: 'ordering',
      name: 'Order',
    });
    await tell('/applications/a0/commands/expose-interface', {
      interface_id: 'order-api',
      name: 'Order API',
      protocol: 'rest',
    });
    await tell('/applications/a0/commands/link-interface-to-service', {
      interface_id: 'order-api',
      service_id: 'ordering',
    });
    await tell('/applications/a0/commands/add-service-consumer', {
      service_id: 'ordering',
      consumer_app_id: 'a3',
    });
    await tell('/integrations/feed/commands/create-integration', {
      source_app_id: 'a0',
      target_app_id: 'a5',
      protocol: 'kafka',
    });
    await relate('application:a0', 'writes', 'data_entity:orders', { confidence: 0.4 });
    await relate('organization:it', 'owns', 'application:a0');
    await node.caughtUp();
  });
  afterAll(async () => {
    await node?.close();
    await server?.stop();
  });

  it.each(Array.from({ length: APPS }, (_, n) => `a${n}`))(
    'reaches from %s what plain search reaches, along the edges and against them',
    async (id) => {
      const asked = { id, relation_types: 'depends_on', depth: DEPTH };
      const start = `application:${id}`;
      const out = await report('impact', { ...asked, direction: 'out' });
      expect(reached(out)).toEqual(searched(start, depends));
      const back = depends.map(([from, to]) => [to, from] as const);
      const affected = searched(start, back);
      expect(reached(await report('impact', { ...asked, direction: 'in' }))).toEqual(affected);
      expect(reached(await report('impact', asked))).toEqual(affected);
    },
  );

  it('knows what follows from what elements say of themselves', async () => {
    const types = [
      'deployed_on',
      'realizes',
      'exposes',
      'serves',
      'uses',
      'supports',
      'part_of',
      'flows_to',
      'writes',
      'owns',
    ];
    const answer = await report('impact', { id: 's1', relation_types: types.join(',') });
    expect(Object.fromEntries(reached(answer))).toEqual({
      'application:a0': 1,
      'application_service:ordering': 2,
      'application_interface:order-api': 2,
      'business_capability:sell': 2,
      'data_entity:orders': 2,
      'integration:feed': 2,
      'organization:it': 2,
      'application:a3': 3,
      'application:a5': 3,
      'business_capability:trade': 3,
    });
  });

  it('shows what stands behind a capability', async () => {
    expect(await report('capability', { capability: 'trade' })).toMatchObject({
      applications: [{ id: 'a0', via: [{ capability_id: 'sell', service_id: null }] }],
      services: [{ id: 'ordering' }],
      interfaces: [{ id: 'order-api' }],
      data_entities: [{ id: 'orders', relation_types: ['writes'] }],
      servers: [{ id: 's1' }],
      integrations: [{ id: 'feed', name: 'App 0 → App 5' }],
    });
  });

  it('takes what is in effect on the day that is asked about, now or at a moment', async () => {
    const id = await relate('application:a11', 'stores_data_on', 'server:s1');
    const before = await ask('/views/landscape?limit=1');
    await tell(`/relations/${id}/commands/set-effective-period`, {
      effective_from: '2030-01-01',
      effective_to: '2030-12-31',
    });
    const asked = { id: 's1', relation_types: 'stores_data_on' };
    const on = async (more: Record<string, string>) => [
      ...reached(await report('impact', { ...asked, ...more })).keys(),
    ];
    expect(await on({})).toEqual([]);
    expect(await on({ effective_on: '2030-06-30' })).toEqual(['application:a11']);
    expect(await on({ as_of: String(before.position) })).toEqual(['application:a11']);
  });

  it('says who owns what, which gaps there are, and what is hardly believed', async () => {
    expect(await report('organizations')).toMatchObject({
      nodes: [{ id: 'it', total: { applications: { active: 1 } }, applications: [{ id: 'a0' }] }],
    });
    expect(await report('classification-gaps')).toMatchObject({
      applications: [{ id: 'a0', needed: 'restricted', data_entities: [{ id: 'orders' }] }],
    });
    expect(await report('stale-relations')).toMatchObject({
      stale: 1,
      low_confidence: 1,
      items: [{ relation_type: 'writes', source: { name: 'App 0' }, target: { name: 'Orders' } }],
    });
  });

  it('answers for services and interfaces by their own ids', async () => {
    expect(await ask('/services/ordering')).toMatchObject({
      application_id: 'a0',
      application_name: 'App 0',
      name: 'Order',
      consumers: [{ application_id: 'a3', name: 'App 3' }],
      interfaces: [{ interface_id: 'order-api', name: 'Order API' }],
    });
    expect(await ask('/interfaces/order-api')).toMatchObject({ serves_service_ids: ['ordering'] });
    expect(await ask('/interfaces?application_id=a0')).toMatchObject({ total: 1 });
    expect((await fetch(`${node.url}/services/nothing`)).status).toBe(404);
  });

  it('lists what hangs on an element by its ends', async () => {
    expect(await ask('/relations?target_id=a0&relation_type=depends_on')).toMatchObject({
      total: depends.filter(([, to]) => to === 'application:a0').length,
    });
    expect(await ask('/data-entities?writer_ids=a0')).toMatchObject({
      items: [{ id: 'orders', classification_gap: true }],
    });
    expect(await ask('/organizations?application_ids=a0')).toMatchObject({
      items: [{ id: 'it', owned: [{ id: 'a0', name: 'App 0' }] }],
    });
    expect(await ask('/integrations?source_app_id=a0')).toMatchObject({ total: 1 });
  });
});
