import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { application, exposed, linked, offered } from '../../test/support/landscape.js';
import { applicationInterfaces } from './application-interfaces.js';

const deprecated = (id: string, interface_id: string, replacement_interface_id: string | null) =>
  ({
    type: 'Application',
    id,
    event: 'InterfaceDeprecated',
    data: { interface_id, sunset_date: '2027-01-01', replacement_interface_id },
  }) as const;

describe('an interface', () => {
  const given = [
    application('shop'),
    offered('shop', 'orders'),
    exposed('shop', 'api'),
    linked('shop', 'api', 'orders'),
  ];

  it('is a document of its own', () => {
    givenEvents(applicationInterfaces, ...given).then({
      api: {
        id: 'api',
        interface_id: 'api',
        name: 'name of api',
        protocol: 'rest',
        version: 4,
        endpoint: 'https://api.example',
        interface_version: '1.0.0',
        status: 'active',
        rate_limits: null,
        serves_service_ids: ['orders'],
        application_id: 'shop',
        application_name: 'name of shop',
        owner: 'it',
        lifecycle: 'active',
        deleted: false,
      },
      orders: null,
    });
  });

  it('says what replaces it and when it ends', () => {
    givenEvents(applicationInterfaces, ...given, deprecated('shop', 'api', 'next')).then({
      api: { status: 'deprecated', sunset_date: '2027-01-01', replacement_interface_id: 'next' },
    });
  });

  it('is deleted with its application', () => {
    givenEvents(applicationInterfaces, ...given, {
      type: 'Application',
      id: 'shop',
      event: 'ApplicationDeleted',
      data: { reason: 'old', approval_id: 'chg-1' },
    }).then({ api: { deleted: true } });
  });

  it('belongs to the first application by id, should two say that they have it', () => {
    const [mine, other] = [
      [application('a'), exposed('a', 'api')],
      [application('b'), exposed('b', 'api'), deprecated('b', 'api', null)],
    ] as const;
    for (const log of [
      [...mine, ...other],
      [...other, ...mine],
    ])
      givenEvents(applicationInterfaces, ...log).then({
        api: { application_id: 'a', status: 'active', version: 2 },
      });
  });

  it('shows names of others', () => {
    const { show } = givenEvents(
      applicationInterfaces,
      ...given,
      deprecated('shop', 'api', 'next'),
      exposed('shop', 'next'),
    );
    const others = {
      'application-services': { orders: { name: 'Orders' } },
      'application-interfaces': { next: { name: 'API 2' } },
    };
    expect(show('api', { others })).toMatchObject({
      services: [{ service_id: 'orders', name: 'Orders' }],
      replacement_name: 'API 2',
    });
    expect(show('api')).toMatchObject({ services: [{ name: null }], replacement_name: null });
    expect(show('next', { others })).toMatchObject({ services: [], replacement_name: null });
    expect(applicationInterfaces.related?.(applicationInterfaces.initial)).toEqual([]);
  });
});
