import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { eventsOf } from '../../src/testing/projections.js';
import {
  application,
  consumed,
  exposed,
  linked,
  offered,
  period,
  relation,
} from '../../test/support/landscape.js';
import { applicationServices } from './application-services.js';

const renamed = (id: string, new_name: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationRenamed',
    data: { previous_name: 'old', new_name, reason: null },
  }) as const;
const sla = (id: string, service_id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ServiceSlaChanged',
    data: { service_id, previous_sla: null, new_sla: '99.9%' },
  }) as const;

describe('a service', () => {
  const given = [
    application('shop'),
    offered('shop', 'orders', 'sell'),
    consumed('shop', 'orders', 'crm'),
    consumed('shop', 'orders', 'bi'),
    exposed('shop', 'api'),
    linked('shop', 'api', 'orders'),
  ];

  it('is a document of its own', () => {
    givenEvents(applicationServices, ...given).then({
      orders: {
        id: 'orders',
        service_id: 'orders',
        name: 'name of orders',
        capability_id: 'sell',
        stated_consumer_ids: ['bi', 'crm'],
        stated_consumer_count: 2,
        interface_ids: ['api'],
        status: 'offered',
        application_id: 'shop',
        application_name: 'name of shop',
        owner: 'it',
        lifecycle: 'active',
        deleted: false,
        version: 6,
      },
    });
  });

  it('follows its application, and shares its end', () => {
    const deleted = {
      type: 'Application',
      id: 'shop',
      event: 'ApplicationDeleted',
      data: { reason: 'old', approval_id: 'chg-1' },
    } as const;
    givenEvents(applicationServices, ...given, renamed('shop', 'Store')).then({
      orders: { application_name: 'Store', version: 7 },
    });
    givenEvents(applicationServices, ...given, deleted).then({
      orders: { deleted: true, lifecycle: 'active' },
    });
  });

  it('is not touched by what happens to others', () => {
    const more = [offered('shop', 'returns'), sla('shop', 'returns')];
    givenEvents(applicationServices, ...given, ...more).then({
      orders: { version: 6 },
      returns: { version: 8, sla: '99.9%', interface_ids: [] },
    });
    const last = eventsOf(applicationServices, [...given, ...more]).at(-1);
    expect(applicationServices.keysOf(last!)).toEqual(['returns']);
  });

  it('is no more reached through an interface that is unlinked or retired', () => {
    const unlinked = {
      type: 'Application',
      id: 'shop',
      event: 'InterfaceUnlinked',
      data: { interface_id: 'api', service_id: 'orders' },
    } as const;
    const retired = {
      type: 'Application',
      id: 'shop',
      event: 'InterfaceRetired',
      data: { interface_id: 'api' },
    } as const;
    for (const end of [unlinked, retired])
      givenEvents(applicationServices, ...given, end).then({ orders: { interface_ids: [] } });
  });

  it('is consumed by whom its application added, and by whom relations say so', () => {
    const uses = (id: string, app: string) =>
      relation(id, `application:${app}`, 'uses', 'application_service:orders');
    const { show, then } = givenEvents(
      applicationServices,
      uses('r1', 'erp'),
      ...given,
      uses('r2', 'crm'),
      uses('r3', 'old'),
      period('r3', null, '2026-01-05'),
    );
    const stated_consumer_ids = ['bi', 'crm', 'erp', 'old'];
    then({ orders: { stated_consumer_ids, stated_consumer_count: 4, version: 6 } });
    expect(show('orders')).toMatchObject({
      consumer_ids: ['bi', 'crm', 'erp'],
      consumer_count: 3,
      consumers: [{ application_id: 'bi' }, { application_id: 'crm' }, { application_id: 'erp' }],
    });
    const undone = {
      ...uses('r1', 'erp'),
      event: 'RelationDeleted',
      data: { reason: 'x' },
    } as const;
    const early = uses('r1', 'erp');
    givenEvents(applicationServices, early).then({ orders: { deleted: true, application_id: '' } });
    givenEvents(applicationServices, early, undone).then({ orders: null });
  });

  it('belongs to the first application by id, should two say that they have it', () => {
    const [mine, other] = [
      [application('a'), offered('a', 'svc')],
      [application('b'), offered('b', 'svc'), sla('b', 'svc')],
    ] as const;
    for (const log of [
      [...mine, ...other],
      [...other, ...mine],
    ])
      givenEvents(applicationServices, ...log).then({
        svc: { application_id: 'a', sla: null, version: 2 },
      });
  });

  it('is none because an interface says that it serves it', () => {
    const wrong = [application('a'), exposed('a', 'api'), linked('a', 'api', 'ghost')];
    givenEvents(applicationServices, ...wrong).then({ ghost: null });
  });

  it('shows names of others', () => {
    const { show } = givenEvents(applicationServices, ...given, offered('shop', 'bare'));
    const others = {
      'capability-map': { sell: { name: 'Sell' } },
      'application-portfolio': { crm: { name: 'CRM' } },
      'application-interfaces': { api: { name: 'Order API' } },
    };
    expect(show('orders', { others })).toMatchObject({
      capability_name: 'Sell',
      consumers: [
        { application_id: 'bi', name: null },
        { application_id: 'crm', name: 'CRM' },
      ],
      interfaces: [{ interface_id: 'api', name: 'Order API' }],
    });
    expect(show('bare')).toMatchObject({ capability_name: null, consumers: [], interfaces: [] });
    expect(applicationServices.related?.(applicationServices.initial)).toEqual([]);
  });
});
