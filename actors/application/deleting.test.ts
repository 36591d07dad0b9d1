import { describe, expect, it } from 'vitest';
import { type Given, given } from '../../src/testing/index.js';
import { Application } from './application.js';
import { boundaries } from './boundaries.js';

const reason = 'because';
const justified = { business_justification: 'the board said so' };
const approved = { ...justified, approval_id: 'chg-7' };

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
const deleted: Given = { type: 'ApplicationDeleted', data: { reason, approval_id: 'chg-1' } };
const wages = {
  service_id: 's-1',
  name: 'Wages',
  capability_id: null,
  sla: null,
  description: null,
};
const parts: readonly Given[] = [
  { type: 'ServiceOffered', data: wages },
  {
    type: 'InterfaceExposed',
    data: { interface_id: 'i-1', name: 'API', protocol: 'rest', endpoint: null, version: null },
  },
];

const command = { type: 'DeleteApplication', data: { reason }, ...approved };
const app = (...history: readonly Given[]) =>
  given(Application, created, ...history).and({ id: 'app-1' });

describe('deleting', () => {
  it('needs a justification and an approval', () => {
    app()
      .when(command)
      .then({
        type: 'ApplicationDeleted',
        data: { reason, approval_id: 'chg-7' },
      });
    app(...parts)
      .when(command)
      .thenData({}, 'deleted');
    const { approval_id: _, ...unapproved } = command;
    app().when(unapproved).thenRefused('APPROVAL_REQUIRED');
    const { business_justification: __, ...unjustified } = command;
    app().when(unjustified).thenRefused('JUSTIFICATION_REQUIRED');
  });

  it('happens once, to something that is there', () => {
    given(Application).when(command).thenRefused('NOT_FOUND');
    app(deleted).when(command).thenRefused('DELETED');
  });
});

describe('it is not deleted while something depends on it', () => {
  const providers = (part: object) => ({ boundaries: { providers: part } });
  const relation = (source_id: string, target_id: string) => ({
    source_id,
    source_type: 'application',
    target_id,
    target_type: 'server',
    relation_type: 'stores_data_on',
  });
  const dependents = (lookups: object) => {
    const refused = app(...parts)
      .and(lookups)
      .when(command);
    refused.thenRefused('HAS_DEPENDENTS', /^"Payroll" cannot be deleted/);
    return refused.refusal?.details?.dependents;
  };

  it('as the applications that it serves', () => {
    const offered = new Map([['s-1', { name: 'Wages', consumers: ['app-2'] }]]);
    const all = {
      'app-1': { name: 'Payroll', offered },
      'app-2': { name: 'Ledger', offered: new Map() },
    };
    expect(dependents(providers(all))).toEqual([
      { type: 'Application', id: 'app-2', name: 'Ledger' },
    ]);
  });

  it('as the services that it is noted to use', () => {
    const offered = new Map([['s-7', { name: 'Time', consumers: ['app-1', 'app-3'] }]]);
    expect(dependents(providers({ 'app-2': { name: 'Clock', offered } }))).toEqual([
      { type: 'ApplicationService', id: 's-7', name: 'Time' },
    ]);
  });

  it('as the integrations that it sends into or receives from', () => {
    const integrations = {
      a: { source_app_id: 'app-1', target_app_id: 'app-2' },
      b: { source_app_id: 'app-2', target_app_id: 'app-1' },
      c: { source_app_id: 'app-2', target_app_id: 'app-3' },
    };
    expect(dependents({ boundaries: { integrations } })).toEqual([
      { type: 'Integration', id: 'a', name: 'to app-2' },
      { type: 'Integration', id: 'b', name: 'from app-2' },
    ]);
  });

  it('as the relations of it and of its parts', () => {
    const relations = {
      a: relation('app-1', 'srv-1'),
      b: relation('x', 's-1'),
      c: relation('i-1', 'y'),
      d: relation('x', 'y'),
    };
    expect(dependents({ boundaries: { relations } })).toEqual([
      { type: 'Relation', id: 'a', name: 'stores_data_on server srv-1' },
      { type: 'Relation', id: 'b', name: 'application x stores_data_on' },
      { type: 'Relation', id: 'c', name: 'stores_data_on server y' },
    ]);
  });

  it('nor as an import', () => {
    app()
      .and({ boundaries: { relations: { a: relation('app-1', 'srv-1') } } })
      .when({ ...command, source: 'import' })
      .thenRefused('HAS_DEPENDENTS');
  });
});

describe('what the boundaries know', () => {
  const folding = (
    name: keyof typeof boundaries,
    ...events: readonly (readonly [id: string, type: string, data?: object | undefined])[]
  ) => {
    const all = new Map<string, unknown>();
    for (const [aggregate_id, type, data = {}] of events)
      for (const [key, value] of boundaries[name].fold(all as never, type, { aggregate_id, data }))
        if (value === undefined) all.delete(key);
        else all.set(key, value);
    return Object.fromEntries(all);
  };
  const born = ['app-1', 'ApplicationCreated', created.data] as const;
  const offer = ['app-1', 'ServiceOffered', wages] as const;
  const consumer = { service_id: 's-1', consumer_app_id: 'app-2' };
  const added = ['app-1', 'ServiceConsumerAdded', consumer] as const;
  const [, exposed] = parts;

  it('is whose services and interfaces there ever were', () => {
    const gone = ['app-1', 'ApplicationDeleted', deleted.data] as const;
    expect(folding('services', offer, gone)).toEqual({ 's-1': 'app-1' });
    expect(folding('interfaces', ['app-1', 'InterfaceExposed', exposed!.data], gone)).toEqual({
      'i-1': 'app-1',
    });
  });

  it('is who offers what to whom', () => {
    const offering = (consumers: string[]) => ({
      'app-1': { name: 'Payroll', offered: new Map([['s-1', { name: 'Wages', consumers }]]) },
    });
    expect(folding('providers', born, offer, added)).toEqual(offering(['app-2']));
    const removed = ['app-1', 'ServiceConsumerRemoved', consumer] as const;
    expect(folding('providers', born, offer, added, removed)).toEqual(offering([]));
    expect(folding('providers', born, offer, added, offer)).toEqual(offering([]));
    const withdrawn = ['app-1', 'ServiceWithdrawn', { service_id: 's-1', reason }] as const;
    expect(folding('providers', born, offer, added, withdrawn)).toEqual({
      'app-1': { name: 'Payroll', offered: new Map() },
    });
    const renamed = { previous_name: 'Payroll', new_name: 'Pay', reason: null };
    expect(folding('providers', born, offer, ['app-1', 'ApplicationRenamed', renamed])).toEqual({
      'app-1': { ...offering([])['app-1'], name: 'Pay' },
    });
    expect(folding('providers', born, ['app-1', 'ApplicationDeleted', deleted.data])).toEqual({});
  });

  it('is what integrations connect', () => {
    const made = { source_app_id: 'app-1', target_app_id: 'app-2' };
    const integration = ['i', 'IntegrationCreated', made] as const;
    const new_app_id = 'app-3';
    expect(folding('integrations', integration)).toEqual({ i: made });
    expect(folding('integrations', integration, ['i', 'SourceRerouted', { new_app_id }])).toEqual({
      i: { ...made, source_app_id: 'app-3' },
    });
    expect(folding('integrations', integration, ['i', 'TargetRerouted', { new_app_id }])).toEqual({
      i: { ...made, target_app_id: 'app-3' },
    });
    expect(folding('integrations', integration, ['i', 'IntegrationDeleted'])).toEqual({});
  });

  it('is what relations lead from and to', () => {
    const ends = {
      source_id: 'app-1',
      source_type: 'application',
      relation_type: 'reads',
      target_id: 'd-1',
      target_type: 'data_entity',
    };
    const relation = ['r', 'RelationCreated', { ...ends, confidence: 1 }] as const;
    expect(folding('relations', relation)).toEqual({ r: ends });
    expect(folding('relations', relation, ['r', 'RelationDeleted'])).toEqual({});
  });
});
