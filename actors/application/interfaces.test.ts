import { describe, expect, it } from 'vitest';
import { type Given, given } from '../../src/testing/index.js';
import { Application } from './application.js';

const created: Given = {
  type: 'ApplicationCreated',
  data: {
    name: 'Payroll',
    owner: 'hr-it',
    data_classification: 'internal',
    lifecycle: 'active',
    capability_id: null,
  },
};
const retired: Given = {
  type: 'ApplicationCreated',
  data: { ...created.data, lifecycle: 'retired' },
};
const api = {
  interface_id: 'i-1',
  name: 'API',
  protocol: 'rest',
  endpoint: 'https://pay.example.org/v1',
  version: '1.4.0',
};
const exposed = (data: object = {}): Given => ({
  type: 'InterfaceExposed',
  data: { ...api, ...data },
});
const deprecated: Given = {
  type: 'InterfaceDeprecated',
  data: { interface_id: 'i-1', sunset_date: '2026-06-30', replacement_interface_id: null },
};
const closed: Given = { type: 'InterfaceRetired', data: { interface_id: 'i-1' } };
const service = (service_id: string): Given => ({
  type: 'ServiceOffered',
  data: { service_id, name: service_id, capability_id: null, sla: null, description: null },
});
const linked = (service_id = 's-1'): Given => ({
  type: 'InterfaceLinked',
  data: { interface_id: 'i-1', service_id },
});

const app = (...history: readonly Given[]) =>
  given(Application, created, ...history).and({ id: 'app-1' });
const when = (type: string, data: object, ...history: readonly Given[]) =>
  app(...history).when({ type, data: { interface_id: 'i-1', ...data } });
const state = (part: object = {}) => ({
  interfaces: {
    'i-1': {
      ...api,
      specification_url: null,
      authentication_method: null,
      rate_limits: null,
      serves_service_ids: [],
      status: 'active',
      sunset_date: null,
      replacement_interface_id: null,
      ...part,
    },
  },
});

describe('exposing an interface', () => {
  const expose = (data: object = {}, ...history: readonly Given[]) =>
    when('ExposeInterface', { ...api, ...data }, ...history);

  it('says how and where the application can be reached', () => {
    expose().then({ type: 'InterfaceExposed', data: api });
    expose().thenData(state());
    when('AddInterface', { name: 'Queue', protocol: 'kafka' }).then({
      type: 'InterfaceExposed',
      data: { ...api, name: 'Queue', protocol: 'kafka', endpoint: null, version: null },
    });
  });

  it.each([
    ['rest', 'http://localhost:8080'],
    ['graphql', 'HTTPS://example.org'],
    ['kafka', 'broker-1.example.org:9092'],
    ['grpc', 'grpc://pay.example.org:443'],
    ['tcp', '[2001:db8::1]:5432'],
    ['websocket', 'wss://pay.example.org/live?x=1'],
    ['mqtt', 'broker'],
  ])('takes a %s endpoint such as %s', (protocol, endpoint) => {
    expose({ protocol, endpoint }).thenData(state({ protocol, endpoint }));
  });

  it.each([
    ['rest', 'pay.example.org', /rest interface is reached at an http\(s\) URL/],
    ['soap', 'ftp://pay.example.org', /http\(s\) URL/],
    ['http', 'ws://pay.example.org', /http\(s\) URL/],
    ['kafka', 'a b', /expected a URL or a host/],
    ['kafka', '', /expected a URL or a host/],
    ['tcp', 'user:secret@db.example.org', /expected a URL or a host/],
    ['rest', 'https://user@pay.example.org', /expected a URL or a host/],
    ['tcp', 'x'.repeat(2049), /data\.endpoint/],
  ])('refuses a %s endpoint such as %s', (protocol, endpoint, message) => {
    expose({ protocol, endpoint }).thenRefused('VALIDATION_ERROR', message);
  });

  it.each(['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0-', 'latest'])(
    'refuses the version %s',
    (version) => {
      expose({ version }).thenRefused('VALIDATION_ERROR', /data\.version/);
    },
  );

  it('refuses a protocol there is not, and no name', () => {
    expose({ protocol: 'smoke' }).thenRefused('VALIDATION_ERROR', /data\.protocol/);
    expose({ name: ' ' }).thenRefused('VALIDATION_ERROR', /data\.name/);
    expose({ interface_id: '__proto__' }).thenRefused('VALIDATION_ERROR', /data\.interface_id/);
  });

  it('refuses an id that is in use, here or elsewhere', () => {
    expose({ name: 'Other' }, exposed()).thenRefused('ALREADY_EXISTS', /i-1 already/);
    const elsewhere = app()
      .and({ boundaries: { interfaces: { 'i-1': 'app-9' } } })
      .when({ type: 'ExposeInterface', data: api });
    elsewhere.thenRefused('ALREADY_EXISTS', /belongs to Application app-9/);
    expect(elsewhere.refusal?.details).toEqual({ held_by: 'app-9' });
  });

  it('refuses a name that is taken in the same version', () => {
    const second = { interface_id: 'i-2', name: 'api' };
    expose(second, exposed()).thenRefused('NAME_TAKEN', /"api" in version 1.4.0 is taken by i-1/);
    expose({ ...second, version: '2.0.0' }, exposed()).thenData({}, 'active');
    expose({ ...second, version: null }, exposed({ version: null })).thenRefused(
      'NAME_TAKEN',
      /without a version/,
    );
    expose(second, exposed(), deprecated, closed).thenData({}, 'active');
  });

  it('opens a retired one again, as new', () => {
    app(service('s-1'), exposed(), linked(), deprecated, closed)
      .and({ boundaries: { interfaces: { 'i-1': 'app-1' } } })
      .when({ type: 'ExposeInterface', data: { ...api, version: '2.0.0' } })
      .thenData(state({ version: '2.0.0' }));
  });

  it('is for what is not retired, unless history did', () => {
    const exposing = (source: string) =>
      given(Application, retired).when({ type: 'ExposeInterface', data: api, source });
    exposing('api').thenRefused('INVALID_LIFECYCLE_TRANSITION', /"retired".*RetireInterface/);
    exposing('import').thenData(state(), 'retired');
  });
});

describe('what an interface serves', () => {
  const link = (service_id: string, ...history: readonly Given[]) =>
    when('LinkInterfaceToService', { service_id }, ...history);
  const unlink = (service_id: string, ...history: readonly Given[]) =>
    when('UnlinkInterfaceFromService', { service_id }, ...history);

  it('is services of the same application', () => {
    link('s-1', service('s-1'), exposed()).then({
      type: 'InterfaceLinked',
      data: { interface_id: 'i-1', service_id: 's-1' },
    });
    link('s-2', service('s-1'), service('s-2'), exposed(), linked()).thenData(
      state({ serves_service_ids: ['s-1', 's-2'] }),
    );
    link('s-9', service('s-1'), exposed()).thenRefused('REFERENCE_NOT_FOUND', /no service s-9/);
    link('s-1', service('s-1'), exposed(), linked()).thenRefused('NO_CHANGE', /"API" serves "s-1"/);
  });

  it('is on offer', () => {
    const withdrawn: Given = {
      type: 'ServiceWithdrawn',
      data: { service_id: 's-1', reason: 'because' },
    };
    link('s-1', service('s-1'), withdrawn, exposed()).thenRefused(
      'INVALID_LIFECYCLE_TRANSITION',
      /"withdrawn"/,
    );
  });

  it('ends, also of a closed one', () => {
    unlink('s-1', service('s-1'), exposed(), linked()).then({
      type: 'InterfaceUnlinked',
      data: { interface_id: 'i-1', service_id: 's-1' },
    });
    const both = [service('s-1'), service('s-2'), exposed(), linked(), linked('s-2')];
    unlink('s-1', ...both).thenData(state({ serves_service_ids: ['s-2'] }));
    const { interfaces } = unlink('s-1', ...both, deprecated, closed).state.data;
    expect(interfaces).toMatchObject({ 'i-1': { serves_service_ids: ['s-2'], status: 'retired' } });
    unlink('s-1', service('s-1'), exposed()).thenRefused('NO_CHANGE', /does not serve s-1/);
  });
});

describe('running an interface', () => {
  it('moves it', () => {
    const move = (endpoint: string, ...history: readonly Given[]) =>
      when('MoveInterfaceEndpoint', { endpoint }, ...history);
    move('https://new.example.org', exposed()).then({
      type: 'InterfaceEndpointMoved',
      data: {
        interface_id: 'i-1',
        previous_endpoint: 'https://pay.example.org/v1',
        new_endpoint: 'https://new.example.org',
      },
    });
    move('https://x.org', exposed()).thenData(state({ endpoint: 'https://x.org' }));
    move('https://pay.example.org/v1', exposed()).thenRefused('NO_CHANGE');
    move('x.org:80', exposed()).thenRefused('VALIDATION_ERROR', /data\.endpoint.*http\(s\)/);
    move('x.org:80', exposed({ protocol: 'tcp', endpoint: null })).thenData(
      state({ protocol: 'tcp', endpoint: 'x.org:80' }),
    );
  });

  it('says where it is specified', () => {
    const publish = (specification_url: string, ...history: readonly Given[]) =>
      when('PublishSpecification', { specification_url }, exposed(), ...history);
    const published = {
      interface_id: 'i-1',
      previous_specification_url: null,
      new_specification_url: 'https://x.org/openapi.json',
    };
    const first = { type: 'SpecificationPublished', data: published };
    publish('https://x.org/openapi.json').then(first);
    publish('https://x.org/2', first).thenData(state({ specification_url: 'https://x.org/2' }));
    publish('https://x.org/openapi.json', first).thenRefused('NO_CHANGE');
    publish('x.org/openapi.json').thenRefused('VALIDATION_ERROR', /http\(s\) URL/);
  });

  it('says how callers prove who they are', () => {
    const set = (method: string, ...history: readonly Given[]) =>
      when('SetInterfaceAuthentication', { method }, exposed(), ...history);
    const first = {
      type: 'AuthenticationSet',
      data: {
        interface_id: 'i-1',
        previous_authentication_method: null,
        new_authentication_method: 'oauth2',
      },
    };
    set('oauth2').then(first);
    set('mtls', first).thenData(state({ authentication_method: 'mtls' }));
    set('oauth2', first).thenRefused('NO_CHANGE', /"oauth2" already/);
  });

  it('limits its rate', () => {
    const limit = (requests_per_second: number, burst: number, ...history: readonly Given[]) =>
      when('SetRateLimits', { requests_per_second, burst }, exposed(), ...history);
    const first = {
      type: 'RateLimitsSet',
      data: {
        interface_id: 'i-1',
        previous_requests_per_second: null,
        previous_burst: null,
        new_requests_per_second: 10,
        new_burst: 50,
      },
    };
    limit(10, 50).then(first);
    limit(10, 60, first).thenData(state({ rate_limits: { requests_per_second: 10, burst: 60 } }));
    limit(20, 60, first).then({
      type: 'RateLimitsSet',
      data: {
        interface_id: 'i-1',
        previous_requests_per_second: 10,
        previous_burst: 50,
        new_requests_per_second: 20,
        new_burst: 60,
      },
    });
    limit(10, 50, first).thenRefused('NO_CHANGE');
    limit(0, 50).thenRefused('VALIDATION_ERROR', /data\.requests_per_second/);
    limit(10, -1).thenRefused('VALIDATION_ERROR', /data\.burst/);
    limit(1.5, 1).thenRefused('VALIDATION_ERROR');
  });
});

describe('the end of an interface', () => {
  const deprecate = (data: object, ...history: readonly Given[]) =>
    app(...history)
      .and({ boundaries: { interfaces: { 'i-1': 'app-1', 'i-2': 'app-2' } } })
      .when({ type: 'DeprecateInterface', data: { interface_id: 'i-1', ...data } });

  it('is announced, with its date and what replaces it', () => {
    deprecate({}, exposed()).then({
      type: 'InterfaceDeprecated',
      data: { interface_id: 'i-1', sunset_date: null, replacement_interface_id: null },
    });
    const replaced = { sunset_date: '2026-06-30', replacement_interface_id: 'i-2' };
    deprecate(replaced, exposed()).thenData(state({ ...replaced, status: 'deprecated' }));
  });

  it('is not in the past, and its replacement is another one that is there', () => {
    deprecate({ sunset_date: '2026-01-05' }, exposed()).thenRefused('VALIDATION_ERROR', /past/);
    const itself = deprecate({ replacement_interface_id: 'i-1' }, exposed());
    itself.thenRefused('SELF_REFERENCE', /i-1/);
    const missing = deprecate({ replacement_interface_id: 'i-9' }, exposed());
    missing.thenRefused('REFERENCE_NOT_FOUND', /no interface i-9/);
    expect(missing.refusal?.errors?.[0]?.field).toBe('data.replacement_interface_id');
  });

  it('goes active → deprecated → retired, and no other way', () => {
    when('RetireInterface', {}, exposed(), deprecated).then({
      type: 'InterfaceRetired',
      data: { interface_id: 'i-1' },
    });
    when('CloseInterface', {}, exposed(), deprecated).thenData(
      state({ status: 'retired', sunset_date: '2026-06-30' }),
    );
    const code = 'INVALID_LIFECYCLE_TRANSITION';
    const early = when('RetireInterface', {}, exposed());
    early.thenRefused(code, /is "active"; from here it can go to "deprecated"/);
    expect(early.refusal?.details).toMatchObject({ commands: ['DeprecateInterface'] });
    deprecate({}, exposed(), deprecated).thenRefused(code, /can go to "retired", by RetireI/);
    when('RetireInterface', {}, exposed(), deprecated, closed).thenRefused(code);
  });

  it('is possible for a retired application too', () => {
    given(Application, retired, exposed(), deprecated)
      .when({ type: 'RetireInterface', data: { interface_id: 'i-1' } })
      .thenData({}, 'retired');
  });
});

const open: readonly [string, object][] = [
  ['LinkInterfaceToService', { service_id: 's-1' }],
  ['MoveInterfaceEndpoint', { endpoint: 'https://x.org' }],
  ['PublishSpecification', { specification_url: 'https://x.org' }],
  ['SetInterfaceAuthentication', { method: 'oauth2' }],
  ['SetRateLimits', { requests_per_second: 1, burst: 1 }],
  ['DeprecateInterface', {}],
  ['RetireInterface', {}],
];
const anyway: readonly [string, object][] = [['UnlinkInterfaceFromService', { service_id: 's-1' }]];

it.each([...open, ...anyway])('%s is about an interface of this application', (type, more) => {
  for (const interface_id of ['i-9', 'constructor']) {
    const missing = when(type, { ...more, interface_id }, service('s-1'), exposed());
    missing.thenRefused('REFERENCE_NOT_FOUND', /^interface_id: "Payroll" has no interface/);
    expect(missing.refusal?.errors).toEqual([
      { field: 'data.interface_id', message: 'no such interface', rule: 'REFERENCE' },
    ]);
  }
});

it.each(open)('%s is about an interface that is open', (type, more) => {
  when(type, more, service('s-1'), exposed(), deprecated, closed).thenRefused(
    'INVALID_LIFECYCLE_TRANSITION',
    /is "retired"; from here it can go to "active", by ExposeInterface/,
  );
});

describe('what an interface is called', () => {
  const second = exposed({ interface_id: 'i-2', version: '2.0.0' });
  const third = exposed({ interface_id: 'i-3', name: 'Old', version: null });

  it('is another name or version, but not both of another one', () => {
    const two = given(Application, created, exposed(), second, third).and({ id: 'app-1' });
    two.when({ type: 'RenameInterface', data: { interface_id: 'i-1', name: 'Old' } }).then({
      type: 'InterfaceRenamed',
      data: { interface_id: 'i-1', previous_name: 'API', new_name: 'Old', reason: null },
    });
    two
      .when({ type: 'SetInterfaceVersion', data: { interface_id: 'i-1', version: '2.0.0' } })
      .thenRefused('NAME_TAKEN', /i-2/);
    given(Application, created, exposed({ name: 'Old' }), third)
      .when({ type: 'ClearInterfaceVersion', data: { interface_id: 'i-1' } })
      .thenRefused('NAME_TAKEN', /i-3/);
  });
});

describe('the end of an interface', () => {
  const ending = given(Application, created, exposed(), deprecated).and({
    id: 'app-1',
    now: '2026-01-06T10:00:00.000Z',
    boundaries: { interfaces: { 'i-1': 'app-1', 'i-9': 'app-2' } },
  });
  const end = (sunset_date: string) => ({
    type: 'RescheduleInterfaceSunset',
    data: { interface_id: 'i-1', sunset_date },
  });

  it('is put off, not into the past, and only once it was announced', () => {
    ending.when(end('2026-09-30')).then({
      type: 'InterfaceSunsetRescheduled',
      data: {
        interface_id: 'i-1',
        previous_sunset_date: '2026-06-30',
        new_sunset_date: '2026-09-30',
        reason: null,
      },
    });
    ending.when(end('2026-01-05')).thenRefused('VALIDATION_ERROR', /past/);
    given(Application, created, exposed())
      .when(end('2026-09-30'))
      .thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });

  it('leads to another interface that is there', () => {
    const lead = (replacement_interface_id: string) =>
      ending.when({
        type: 'NameInterfaceReplacement',
        data: { interface_id: 'i-1', replacement_interface_id },
      });
    lead('i-9').then({
      type: 'InterfaceReplacementNamed',
      data: {
        interface_id: 'i-1',
        previous_replacement_interface_id: null,
        new_replacement_interface_id: 'i-9',
      },
    });
    lead('i-1').thenRefused('SELF_REFERENCE');
    lead('i-8').thenRefused('REFERENCE_NOT_FOUND');
  });
});
