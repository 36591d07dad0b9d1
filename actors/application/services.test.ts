import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { Application } from './application.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };

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
const wages = {
  service_id: 's-1',
  name: 'Wages',
  capability_id: 'cap-1',
  sla: '99.9%',
  description: 'what people earn',
};
const offered = (data: object = wages): Given => ({ type: 'ServiceOffered', data });
const withdrawn: Given = { type: 'ServiceWithdrawn', data: { service_id: 's-1', reason } };
const consumed = (consumer_app_id = 'app-2'): Given => ({
  type: 'ServiceConsumerAdded',
  data: { service_id: 's-1', consumer_app_id },
});
const exposed: Given = {
  type: 'InterfaceExposed',
  data: { interface_id: 'i-1', name: 'API', protocol: 'rest', endpoint: null, version: null },
};
const linked: Given = {
  type: 'InterfaceLinked',
  data: { interface_id: 'i-1', service_id: 's-1' },
};

const app = (...history: readonly Given[]) =>
  given(Application, created, ...history).and({ id: 'app-1' });
const providing = (...ids: readonly string[]) => ({
  boundaries: {
    providers: Object.fromEntries(ids.map((id) => [id, { name: id, offered: new Map() }])),
  },
});
const state = (part: object = {}) => ({
  services: {
    's-1': { ...wages, consumers: [], status: 'offered', ...part },
  },
});

describe('offering a service', () => {
  const offer = (data: object, ...history: readonly Given[]) =>
    app(...history).when({ type: 'OfferService', data });

  it('says what it is, what it promises, and what it is for', () => {
    offer(wages).then({ type: 'ServiceOffered', data: wages });
    offer(wages).thenData(state());
    offer({ service_id: 's-1', name: ' Wages ' }).then({
      type: 'ServiceOffered',
      data: { service_id: 's-1', name: 'Wages', capability_id: null, sla: null, description: null },
    });
  });

  it('needs an id, a name, and a promise that can be kept or broken', () => {
    offer({ name: 'Wages' }).thenRefused('VALIDATION_ERROR', /data\.service_id/);
    offer({ service_id: '__proto__', name: 'W' }).thenRefused('VALIDATION_ERROR');
    offer({ ...wages, name: '' }).thenRefused('VALIDATION_ERROR', /data\.name/);
    offer({ ...wages, sla: 'soon' }).thenRefused('VALIDATION_ERROR', /data\.sla/);
  });

  it('refuses an id that is in use, here or elsewhere', () => {
    offer({ ...wages, name: 'Other' }, offered()).thenRefused('ALREADY_EXISTS', /s-1 already/);
    const elsewhere = app()
      .and({ boundaries: { services: { 's-1': 'app-9' } } })
      .when({ type: 'OfferService', data: wages });
    elsewhere.thenRefused('ALREADY_EXISTS', /belongs to Application app-9/);
    expect(elsewhere.refusal?.details).toEqual({ held_by: 'app-9' });
    offer({ ...wages, service_id: 'constructor' }).then(
      offered({ ...wages, service_id: 'constructor' }) as { type: string; data: object },
    );
  });

  it('refuses a name that another service of the application has', () => {
    const taken = offer({ service_id: 's-2', name: 'WAGES' }, offered());
    taken.thenRefused('NAME_TAKEN', /taken by s-1/);
    expect(taken.refusal?.details).toEqual({ held_by: 's-1' });
    offer({ service_id: 's-2', name: 'Wages' }, offered(), withdrawn).thenData({}, 'active');
  });

  it('is possible as long as there are not too many', () => {
    const many = Array.from({ length: 499 }, (_, n) =>
      offered({ ...wages, service_id: `x-${n}`, name: `x-${n}` }),
    );
    const another = { ...wages, service_id: 's-2', name: 'Other' };
    offer(another, ...many).then({ type: 'ServiceOffered', data: another });
    const full = /500 are there, and there may be 500/;
    offer(another, ...many, offered()).thenRefused('LIST_FULL', full);
    offer(wages, ...many, offered(), withdrawn).then({ type: 'ServiceOffered', data: wages });
    app(
      ...Array.from({ length: 500 }, (_, n): Given => {
        const data = { ...exposed.data, interface_id: `i-${n}`, name: `i-${n}` };
        return { type: 'InterfaceExposed', data };
      }),
    )
      .when({
        type: 'ExposeInterface',
        data: { interface_id: 'more', name: 'More', protocol: 'rest' },
      })
      .thenRefused('LIST_FULL', /interfaces of an application: 500 are there/);
  });

  it('takes back one that was withdrawn, without its consumers', () => {
    app(offered(), consumed(), withdrawn)
      .and({ boundaries: { services: { 's-1': 'app-1' } } })
      .when({ type: 'AddService', data: wages })
      .thenData(state());
  });

  it('is for what is not retired, unless history did', () => {
    const offering = (more: Partial<When> = {}) =>
      given(Application, retired).when({ type: 'OfferService', data: wages, ...more });
    offering().thenRefused('INVALID_LIFECYCLE_TRANSITION', /"retired".*WithdrawService/);
    offering({ source: 'import' }).thenData(state(), 'retired');
    given(Application).when({ type: 'OfferService', data: wages }).thenRefused('NOT_FOUND');
  });
});

describe('changing a service', () => {
  const sla = (value: string, ...history: readonly Given[]) =>
    app(...history).when({ type: 'ChangeServiceSla', data: { service_id: 's-1', sla: value } });
  const realign = (capability_id: string | null, ...history: readonly Given[]) =>
    app(...history).when({
      type: 'RealignService',
      data: { service_id: 's-1', capability_id },
    });

  it('promises something else', () => {
    sla('best effort', offered()).then({
      type: 'ServiceSlaChanged',
      data: { service_id: 's-1', previous_sla: '99.9%', new_sla: 'best effort' },
    });
    sla('24/7', offered()).thenData(state({ sla: '24/7' }));
    sla('99.9%', offered()).thenRefused('NO_CHANGE', /"99.9%" already/);
  });

  it('supports another capability, or none', () => {
    realign('cap-2', offered()).then({
      type: 'ServiceCapabilityChanged',
      data: {
        service_id: 's-1',
        previous_capability_id: 'cap-1',
        new_capability_id: 'cap-2',
      },
    });
    realign(null, offered()).thenData(state({ capability_id: null }));
    realign('cap-1', offered()).thenRefused('NO_CHANGE');
    realign(null, offered({ ...wages, capability_id: null })).thenRefused('NO_CHANGE', /not set/);
  });

  it('touches no other service', () => {
    const other = { ...wages, service_id: 's-2', name: 'Payslips' };
    const { services } = sla('24/7', offered(), offered(other)).state.data as {
      services: Record<string, object>;
    };
    expect(services['s-2']).toEqual({ ...other, consumers: [], status: 'offered' });
  });
});

describe('the consumers of a service', () => {
  const consume = (type: string, consumer_app_id: string, ...history: readonly Given[]) =>
    app(...history)
      .and(providing('app-1', 'app-2', 'app-3'))
      .when({ type, data: { service_id: 's-1', consumer_app_id } });
  const add = (id: string, ...history: readonly Given[]) =>
    consume('AddServiceConsumer', id, ...history);
  const remove = (id: string, ...history: readonly Given[]) =>
    consume('RemoveServiceConsumer', id, ...history);

  it('are applications that are there, each once', () => {
    add('app-2', offered()).then({
      type: 'ServiceConsumerAdded',
      data: { service_id: 's-1', consumer_app_id: 'app-2' },
    });
    add('app-3', offered(), consumed()).thenData(state({ consumers: ['app-2', 'app-3'] }));
    add('app-2', offered(), consumed()).thenRefused('NO_CHANGE', /app-2 consumes "Wages"/);
    const missing = add('app-9', offered());
    missing.thenRefused('REFERENCE_NOT_FOUND', /no Application app-9/);
    expect(missing.refusal?.errors?.[0]?.field).toBe('data.consumer_app_id');
  });

  it('are 2,000 at most', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => consumed(`many-${n}`));
    app(offered(), ...many)
      .and(providing('app-2'))
      .when({
        type: 'AddServiceConsumer',
        data: { service_id: 's-1', consumer_app_id: 'app-2' },
      })
      .thenRefused('LIST_FULL', /consumers of a service: 2000 are there/);
  });

  it('do not include the application itself', () => {
    add('app-1', offered()).thenRefused('SELF_REFERENCE', /"Payroll"/);
  });

  it('leave', () => {
    remove('app-2', offered(), consumed(), consumed('app-3')).then({
      type: 'ServiceConsumerRemoved',
      data: { service_id: 's-1', consumer_app_id: 'app-2' },
    });
    remove('app-2', offered(), consumed(), consumed('app-3')).thenData(
      state({ consumers: ['app-3'] }),
    );
    remove('app-2', offered()).thenRefused('NO_CHANGE', /does not consume/);
    remove('app-2', offered(), consumed(), withdrawn).thenData(
      state({ consumers: [], status: 'withdrawn' }),
    );
  });

  it('do not come to a retired application, unless history did', () => {
    const adding = (source: string) =>
      given(Application, retired, offered())
        .and({ id: 'app-1', ...providing('app-2') })
        .when({
          type: 'AddServiceConsumer',
          data: { service_id: 's-1', consumer_app_id: 'app-2' },
          source,
        });
    adding('api').thenRefused('INVALID_LIFECYCLE_TRANSITION', /RemoveServiceConsumer/);
    adding('import').thenData(state({ consumers: ['app-2'] }));
  });
});

describe('withdrawing a service', () => {
  const withdraw = (...history: readonly Given[]) =>
    app(...history).when({
      type: 'WithdrawService',
      data: { service_id: 's-1', reason },
      ...justified,
    });
  const deprecated: Given = {
    type: 'InterfaceDeprecated',
    data: { interface_id: 'i-1', sunset_date: null, replacement_interface_id: null },
  };
  const closed: Given = { type: 'InterfaceRetired', data: { interface_id: 'i-1' } };

  it('needs a justification', () => {
    withdraw(offered()).then({ type: 'ServiceWithdrawn', data: { service_id: 's-1', reason } });
    withdraw(offered()).thenData(state({ status: 'withdrawn' }));
    app(offered())
      .when({ type: 'WithdrawService', data: { service_id: 's-1', reason } })
      .thenRefused('JUSTIFICATION_REQUIRED');
  });

  it('waits until no live interface serves it', () => {
    const refused = withdraw(offered(), exposed, linked);
    refused.thenRefused(
      'HAS_DEPENDENTS',
      /"Wages" cannot be withdrawn.*ApplicationInterface "API"/,
    );
    expect(refused.refusal?.details).toEqual({
      dependents: [{ type: 'ApplicationInterface', id: 'i-1', name: 'API' }],
      total: 1,
    });
    withdraw(offered(), exposed, linked, deprecated).thenRefused('HAS_DEPENDENTS');
    withdraw(offered(), exposed, linked, deprecated, closed).thenData({}, 'active');
    withdraw(offered(), exposed).thenData({}, 'active');
  });

  it('of a retired application is possible', () => {
    given(Application, retired, offered())
      .when({ type: 'RemoveService', data: { service_id: 's-1', reason }, ...justified })
      .thenData(state({ status: 'withdrawn' }), 'retired');
  });
});

const onOffer: readonly [string, object][] = [
  ['ChangeServiceSla', { sla: '24/7' }],
  ['RealignService', { capability_id: 'cap-2' }],
  ['AddServiceConsumer', { consumer_app_id: 'app-2' }],
  ['WithdrawService', { reason }],
];
const anyway: readonly [string, object][] = [
  ['RemoveServiceConsumer', { consumer_app_id: 'app-2' }],
];
const about = (service_id: string, type: string, more: object, ...history: readonly Given[]) =>
  app(...history)
    .and(providing('app-2'))
    .when({ type, data: { service_id, ...more }, ...justified });

it.each([...onOffer, ...anyway])('%s is about a service of this application', (type, more) => {
  const missing = about('s-9', type, more, offered());
  missing.thenRefused('REFERENCE_NOT_FOUND', /"Payroll" has no service s-9/);
  expect(missing.refusal?.errors).toEqual([
    { field: 'data.service_id', message: 'no such service', rule: 'REFERENCE' },
  ]);
  about('constructor', type, more, offered()).thenRefused('REFERENCE_NOT_FOUND');
});

it.each(onOffer)('%s is about a service on offer', (type, more) => {
  const refused = about('s-1', type, more, offered(), withdrawn);
  refused.thenRefused('INVALID_LIFECYCLE_TRANSITION', /"Wages" is "withdrawn"; OfferService/);
  expect(refused.refusal?.details).toMatchObject({ commands: ['OfferService'] });
});

describe('what a service is called', () => {
  const other = offered({ ...wages, service_id: 's-2', name: 'Pensions' });

  it('is another name, but not that of another one that is offered', () => {
    const rename = (name: string) => ({ type: 'RenameService', data: { service_id: 's-1', name } });
    app(offered(), other)
      .when(rename('Salaries'))
      .then({
        type: 'ServiceRenamed',
        data: { service_id: 's-1', previous_name: 'Wages', new_name: 'Salaries', reason: null },
      });
    app(offered())
      .when(rename('WAGES'))
      .thenData(state({ name: 'WAGES' }));
    app(offered(), other).when(rename(' pensions ')).thenRefused('NAME_TAKEN', /s-2/);
    app(offered(), withdrawn).when(rename('x')).thenRefused('INVALID_LIFECYCLE_TRANSITION');
    app().when(rename('x')).thenRefused('REFERENCE_NOT_FOUND');
  });
});
