import type { Json, Sender, Sent } from '../test/support/old-store.js';

/** One command of the story that a kept data directory tells. */
export type Step = {
  readonly by: Sender;
  /** Such as `Application/ledger`. */
  readonly to: string;
  readonly command: string;
  readonly data: Json;
  /** What stands in the envelope besides. */
  readonly more?: Json;
  /** The code of the refusal that is expected; else it is accepted. */
  readonly refused?: string;
  /** Its first answer is kept, to be asked for again. */
  readonly kept?: true;
};

const sentBy =
  (by: Sender) =>
  (to: string, command: string, data: Json = {}): Step => ({ by, to, command, data });
const ada = sentBy('ada');
const olga = sentBy('olga');
const board = sentBy('board');
const carl = sentBy('carl');

const refused = (code: string, step: Step): Step => ({ ...step, refused: code });
const kept = (step: Step): Step => ({ ...step, kept: true });
const justified = (step: Step): Step => ({
  ...step,
  more: { metadata: { business_justification: 'the board said so' } },
});
const approved = (step: Step): Step => ({
  ...step,
  more: {
    metadata: { business_justification: 'the board said so', approval_id: 'clearing-out' },
  },
});
/** An import says so of a time that is long past. */
const since = (effective_at: string, step: Step): Step => ({
  ...step,
  by: 'carl',
  more: { source: 'import', actor: 'grace', metadata: { effective_at } },
});

const REASON = { reason: 'it was decided' };

const application = (id: string, name: string, more: Json = {}): Step =>
  ada(`Application/${id}`, 'CreateApplication', {
    name,
    owner: 'Team Payments',
    data_classification: 'internal',
    ...more,
  });
const capability = (id: string, name: string, parent_id: string | null = null): Step =>
  ada(`BusinessCapability/${id}`, 'CreateCapability', { name, parent_id });
const server = (id: string, hostname: string, environment: string): Step =>
  ada(`Server/${id}`, 'CreateServer', { hostname, environment, criticality: 'high' });

const APPROVAL: readonly Step[] = [
  ada('ChangeApproval/clearing-out', 'RequestApproval', {
    title: 'Clearing out',
    covers: [{ aggregate_type: 'Application', command_type: 'DeleteApplication' }],
    reason: 'nobody uses them',
  }),
  refused('FORBIDDEN', ada('ChangeApproval/clearing-out', 'ApproveChange')),
  board('ChangeApproval/clearing-out', 'ApproveChange', { comment: 'yes' }),
];

/** A tree, a circle in it refused, a place in it given free and taken by another. */
const CAPABILITIES: readonly Step[] = [
  capability('finance', 'Finance'),
  capability('paying', 'Paying', 'finance'),
  capability('salaries', 'Paying Salaries', 'paying'),
  capability('people', 'People'),
  capability('hiring', 'Hiring', 'people'),
  refused(
    'CIRCULAR_REFERENCE',
    ada('BusinessCapability/finance', 'AddParentToCapability', { parent_id: 'salaries' }),
  ),
  kept(ada('BusinessCapability/salaries', 'AddParentToCapability', { parent_id: 'people' })),
  refused('NAME_TAKEN', capability('hiring-again', 'hiring', 'people')),
  justified(ada('BusinessCapability/hiring', 'DeleteCapability', REASON)),
  capability('recruiting', 'Hiring', 'people'),
  refused(
    'HAS_DEPENDENTS',
    justified(ada('BusinessCapability/people', 'DeleteCapability', REASON)),
  ),
];

const ORGANIZATIONS: readonly Step[] = [
  ada('Organization/group', 'CreateOrganization', {
    name: 'Group',
    domains: ['example.org'],
    contacts: ['desk@example.org'],
  }),
  ada('Organization/bank', 'CreateOrganization', { name: 'Bank', parent_id: 'group' }),
  ada('Organization/bank', 'AddContact', { email: 'ann@example.org' }),
];

/** Its host name is claimed and given free a hundred times: a snapshot, and many claims. */
const SERVERS: readonly Step[] = [
  server('db-1', 'db-1.example.org', 'prod'),
  server('web-1', 'web-1.example.org', 'staging'),
  server('web-2', 'web-2.example.org', 'dev'),
  ...Array.from({ length: 109 }, (_, n) =>
    ada('Server/web-2', 'RenameHost', { hostname: `web-2-${n % 7}.example.org` }),
  ),
];

const APPLICATIONS: readonly Step[] = [
  kept(application('ledger', 'Ledger', { capability_id: 'finance' })),
  application('payroll', 'Payroll', { lifecycle: 'active', capability_id: 'salaries' }),
  application('crm', 'CRM'),
  application('intranet', 'Intranet', { owner: 'Team Web', lifecycle: 'active' }),
  application('doomed', 'Doomed'),
  refused('NAME_TAKEN', application('second-ledger', 'LEDGER')),
  kept(ada('Application/payroll', 'RenameApplication', { name: 'Wages' })),
  refused(
    'INVALID_LIFECYCLE_TRANSITION',
    ada('Application/ledger', 'TransitionLifecycle', { target_lifecycle: 'retired' }),
  ),
  ada('Application/ledger', 'TransitionLifecycle', { target_lifecycle: 'active' }),
  olga('Application/payroll', 'UpdateDescription', { description: 'Pays everybody.' }),
  refused(
    'FORBIDDEN',
    olga('Application/intranet', 'UpdateDescription', { description: 'not hers' }),
  ),
  kept(ada('Application/ledger', 'AssignToServer', { server_id: 'db-1', environment: 'prod' })),
  ada('Application/intranet', 'AssignToServer', { server_id: 'web-1' }),
  refused('HAS_DEPENDENTS', justified(ada('Server/db-1', 'DecommissionServer', REASON))),
  ada('Application/payroll', 'OfferService', {
    service_id: 'pay-slips',
    name: 'Pay slips',
    capability_id: 'paying',
  }),
  olga('Application/payroll', 'ExposeInterface', {
    interface_id: 'pay-api',
    name: 'Pay API',
    protocol: 'rest',
  }),
  olga('Application/payroll', 'LinkInterfaceToService', {
    interface_id: 'pay-api',
    service_id: 'pay-slips',
  }),
  ada('Application/payroll', 'AddServiceConsumer', {
    service_id: 'pay-slips',
    consumer_app_id: 'intranet',
  }),
  refused('APPROVAL_REQUIRED', justified(ada('Application/crm', 'DeleteApplication', REASON))),
  kept(approved(ada('Application/crm', 'DeleteApplication', REASON))),
  refused('DELETED', ada('Application/crm', 'AddTags', { tags: ['late'] })),
  refused('NOT_FOUND', ada('Application/nowhere', 'AddTags', { tags: ['x'] })),
  refused('VALIDATION_ERROR', ada('Application/ledger', 'SetOwner')),
];

/** A relation that makes the watch open a work item. */
const DATA: readonly Step[] = [
  ada('DataEntity/salary', 'CreateDataEntity', {
    name: 'Salary',
    classification: 'restricted',
    pii_flag: true,
  }),
  ada('DataEntity/pay-slip', 'CreateDataEntity', {
    name: 'Pay slip',
    classification: 'confidential',
  }),
  ada('DataEntity/pay-slip', 'AddLineageSource', { source_id: 'salary' }),
  refused(
    'CIRCULAR_REFERENCE',
    ada('DataEntity/salary', 'AddLineageSource', { source_id: 'pay-slip' }),
  ),
  ada('Relation/', 'CreateRelation', {
    source_type: 'application',
    source_id: 'payroll',
    relation_type: 'reads',
    target_type: 'data_entity',
    target_id: 'salary',
  }),
  ada('Relation/', 'CreateRelation', {
    source_type: 'organization',
    source_id: 'bank',
    relation_type: 'owns',
    target_type: 'application',
    target_id: 'ledger',
  }),
  ada('Integration/wages-to-ledger', 'CreateIntegration', {
    source_app_id: 'payroll',
    target_app_id: 'ledger',
    protocol: 'kafka',
    frequency: 'daily',
  }),
  ada('Integration/wages-to-ledger', 'SetSla', { sla: '99.9%' }),
];

/** What an import says of years ago, in the two forms that a time may have. */
const HISTORY: readonly Step[] = [
  kept(
    since('2018-03-01T08:00:00.000Z', application('archive', 'Archive', { lifecycle: 'active' })),
  ),
  since(
    '2019-06-30T12:00:00.500Z',
    carl('Application/archive', 'RenameApplication', { name: 'Records' }),
  ),
  since(
    '2020-02-29T00:00:00.000Z',
    carl('Application/archive', 'TransitionLifecycle', {
      target_lifecycle: 'deprecated',
      sunset_date: '2021-12-31',
    }),
  ),
  since(
    '2022-01-01T00:00:00.000Z',
    carl('Application/archive', 'TransitionLifecycle', { target_lifecycle: 'retired' }),
  ),
  since('2018-03-01T08:00:00Z', application('directory', 'Directory', { lifecycle: 'active' })),
  since('2019-06-30T12:00:00Z', carl('Application/directory', 'SetOwner', { owner: 'Team Web' })),
];

/** Changes of one application: snapshots, and command ids that stand in them. */
const BUSY: readonly Step[] = Array.from({ length: 230 }, (_, n) => {
  const owner = { owner: `Team ${n}`, reason: `reorganization ${n}` };
  const step = ada('Application/ledger', 'SetOwner', owner);
  return [10, 150, 229].includes(n) ? kept(step) : step;
});

/** What happens before the moment that is travelled to, and what happens after it. */
export const BEFORE: readonly Step[] = [
  ...APPROVAL,
  ...CAPABILITIES,
  ...ORGANIZATIONS,
  ...SERVERS,
  ...APPLICATIONS,
];
export const AFTER: readonly Step[] = [...DATA, ...HISTORY, ...BUSY];

/** Resources written as such, under a key that names the request. */
export const RESOURCES: readonly Sent[] = [
  {
    by: 'ada',
    method: 'POST',
    path: '/servers',
    headers: { 'idempotency-key': 'a-new-server' },
    body: { hostname: 'mail.example.org', environment: 'prod', criticality: 'high' },
  },
  {
    by: 'ada',
    method: 'PATCH',
    path: '/applications/intranet',
    headers: { 'idempotency-key': 'a-new-name' },
    body: { name: 'Portal', tags: ['web', 'staff'] },
  },
];

/** A projection that is built anew, so that there are two generations of it. */
export const REBUILT = 'application-portfolio';

/** A model with two capabilities and an application. */
export const MODEL = `<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="Branch" id="branch" version="5.0.0">
<folder name="All" id="all" type="other">
<element xsi:type="archimate:Capability" id="selling" name="Selling"/>
<element xsi:type="archimate:Capability" id="advising" name="Advising"/>
<element xsi:type="archimate:ApplicationComponent" id="till" name="Till"/>
<element xsi:type="archimate:RealizationRelationship" id="r1" source="till" target="selling"/>
</folder>
</archimate:model>`;

/** What is asked by whom and kept; {before} becomes the moment between the two parts. */
export const QUERIES: Partial<Readonly<Record<Sender, readonly string[]>>> = {
  ada: [
    '/applications?sort=name&limit=200&include_deleted=true',
    '/business-capabilities?sort=name&limit=200&include_deleted=true',
    '/servers?sort=hostname&limit=200',
    '/organizations?sort=name&limit=200',
    '/data-entities?sort=name&limit=200',
    '/integrations?limit=200',
    '/relations?limit=200',
    '/change-approvals?limit=200',
    '/work-items?limit=200',
    '/views/application-services?limit=200',
    '/views/application-interfaces?limit=200',
    '/views/capability-map/tree',
    '/views/server-deployments/environments',
    '/views/data-governance/overview',
    '/views/landscape/impact?type=server&id=db-1',
    '/applications/ledger',
    '/applications/ledger?version=1',
    '/applications/ledger?version=157',
    '/applications/ledger/history?limit=5&sort=aggregate_version',
    '/applications/ledger/diff?from=1&to=8',
    '/applications/crm/statuses',
    '/applications?sort=name&limit=200&as_of={before}',
    '/business-capabilities?sort=name&limit=200&as_of={before}',
    '/applications/ledger?as_of={before}',
    '/applications?sort=name&limit=200&effective_at=2019-01-01',
    '/applications?sort=name&limit=200&effective_at=2020-12-31',
    '/applications/archive?effective_at=2019-07-01',
    '/applications/archive/statuses?clock=effective',
    '/audit?limit=50&sort=recorded_at,aggregate_version&aggregate_type=BusinessCapability',
    '/views/commands?limit=50&outcome=refused',
    '/views/commands/rejections',
  ],
  carl: ['/imports'],
};
