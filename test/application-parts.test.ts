import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from '../actors/application/application.js';
import { isRefusal } from '../src/core/refusal.js';
import { createApplication, envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';

const RACES = 20;

describe('services and interfaces of several applications, on two nodes', () => {
  let server: TestServer;
  let a: TestNode;
  let b: TestNode;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    a = await startTestNode(server.url);
    b = await startTestNode(server.url);
  });
  afterAll(async () => {
    await a.close();
    await b.close();
    await server.stop();
  });

  const say = async (node: TestNode, command: object): Promise<string> => {
    const result = await node.runtime.dispatch(command, 'test');
    return isRefusal(result) ? result.refused : 'accepted';
  };
  const to = (id: string, type: string, data: Record<string, unknown>) =>
    envelope('Application', id, type, data);
  /** As history, which needs no approval of today. */
  const deletion = (id: string) => ({
    ...to(id, 'DeleteApplication', { reason: 'gone' }),
    source: 'import',
    metadata: {
      business_justification: 'gone',
      approval_id: 'CAB-1',
      effective_at: '2025-01-06T10:00:00Z',
    },
  });

  it.each([
    ['OfferService', 'service_id', {}],
    ['ExposeInterface', 'interface_id', { protocol: 'rest' }],
  ])('%s gives an id to one application only', async (type, key, more) => {
    const applications = Array.from({ length: RACES }, (_, n) => `${key.replace('_id', '')}-${n}`);
    for (const id of applications) expect(await say(a, createApplication(id))).toBe('accepted');
    const answers = await Promise.all(
      applications.map((id, n) =>
        say(n % 2 === 0 ? a : b, to(id, type, { [key]: `one-${key}`, name: 'One', ...more })),
      ),
    );
    expect(answers.sort()).toEqual([
      ...Array.from({ length: RACES - 1 }, () => 'ALREADY_EXISTS'),
      'accepted',
    ]);
    // Who has it is told by the log, on every node at once.
    const boundary = key === 'service_id' ? 'services' : 'interfaces';
    const holders = await Promise.all(
      [a, b].map(({ runtime }) => runtime.holderOf(Application, boundary, `one-${key}`)),
    );
    expect(applications).toContain(holders[0]);
    expect(holders[1]).toBe(holders[0]);
  });

  it('never makes a consumer of what is deleted at the same time', async () => {
    expect(await say(a, createApplication('provider'))).toBe('accepted');
    const offer = to('provider', 'OfferService', { service_id: 'svc', name: 'Service' });
    expect(await say(a, offer)).toBe('accepted');
    for (let n = 0; n < RACES; n++) {
      const id = `consumer-${n}`;
      expect(await say(a, createApplication(id))).toBe('accepted');
      const [first, second] = n % 2 === 0 ? [a, b] : [b, a];
      const consume = to('provider', 'AddServiceConsumer', {
        service_id: 'svc',
        consumer_app_id: id,
      });
      const answers = await Promise.all([say(first, deletion(id)), say(second, consume)]);
      expect([
        ['accepted', 'REFERENCE_NOT_FOUND'],
        ['HAS_DEPENDENTS', 'accepted'],
      ]).toContainEqual(answers);
    }
  });
});
