import { describe, expect, it } from 'vitest';
import { type Given, given, type When } from '../../src/testing/index.js';
import { Application } from './application.js';

const event = (type: string, data: object, event_id?: string) => ({
  type,
  data,
  ...(event_id !== undefined && { event_id }),
});
const reason = 'because';
const justified = { business_justification: 'the board said so' };
const approved = { ...justified, approval_id: 'chg-7' };

const created = {
  name: 'Payroll',
  owner: 'hr-it',
  data_classification: 'internal',
  lifecycle: 'planned',
  capability_id: null,
};
const planned = event('ApplicationCreated', created, 'evt-created');
const moved = (from_lifecycle: string, to_lifecycle: string, sunset_date: string | null = null) =>
  event(
    'LifecycleTransitioned',
    { from_lifecycle, to_lifecycle, sunset_date },
    `to-${to_lifecycle}`,
  );
const active = [planned, moved('planned', 'active')];
const deprecated = [...active, moved('active', 'deprecated', '2026-06-30')];
const retired = [...deprecated, moved('deprecated', 'retired')];
const deployed = (server_id: string, environment = 'prod') =>
  event('DeployedToServer', { server_id, environment, previous_server_ids: [] });
const deleted = event('ApplicationDeleted', { reason, approval_id: 'chg-1' });

const server = (environment = 'prod', status = 'in_service') => ({
  references: { server: { id: 'server-prod-001', status, data: { environment } } },
});
const capability = { references: { capability: { id: 'cap-1', status: 'present', data: {} } } };

describe('creating', () => {
  const create = (data: object, more: Partial<When> = {}) =>
    given(Application).when({ type: 'CreateApplication', data, ...more });
  const { lifecycle: _, capability_id: __, ...least } = created;

  it('starts planned, without a capability, unless told otherwise', () => {
    create(least).then({ type: 'ApplicationCreated', data: created });
    create(least).thenData({ name: 'Payroll', owner: 'hr-it', sunset_date: null }, 'planned');
    create({ ...least, lifecycle: 'active', capability_id: 'cap-1' }).thenData(
      { capability_id: 'cap-1' },
      'active',
    );
  });

  it('trims the name, and does not take an empty one', () => {
    create({ ...least, name: '  Payroll ' }).thenData({ name: 'Payroll' });
    create({ ...least, name: '  ' }).thenRefused('VALIDATION_ERROR', /data\.name/);
    create({ ...least, name: 'x'.repeat(256) }).thenRefused('VALIDATION_ERROR');
    create({ ...least, data_classification: 'secret' }).thenRefused('VALIDATION_ERROR');
  });

  it.each(['deprecated', 'retired'])('starts %s only when imported', (lifecycle) => {
    const refused = create({ ...least, lifecycle });
    refused.thenRefused('INVALID_LIFECYCLE_TRANSITION', /"planned" or "active"/);
    expect(refused.refusal?.details).toMatchObject({ allowed: ['planned', 'active'] });
    create({ ...least, lifecycle }, { source: 'import' }).thenData({}, lifecycle);
  });

  it('happens once', () => {
    given(Application, planned)
      .when({ type: 'CreateApplication', data: least })
      .thenRefused('ALREADY_EXISTS');
    given(Application, planned, deleted)
      .when({ type: 'CreateApplication', data: least })
      .thenRefused('DELETED');
  });
});

describe('renaming and owning', () => {
  it('renames', () => {
    const rename = (name: string) =>
      given(Application, planned).when({ type: 'RenameApplication', data: { name } });
    rename('Wages').then({
      type: 'ApplicationRenamed',
      data: { previous_name: 'Payroll', new_name: 'Wages', reason: null },
    });
    rename('Wages').thenData({ name: 'Wages' });
    rename('Payroll').thenRefused('NO_CHANGE', /"Payroll" already/);
    given(Application, ...retired)
      .when({ type: 'RenameApplication', data: { name: 'Wages' } })
      .thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });

  it.each([[[planned]], [retired]])('sets the owner, also of a retired one', (history) => {
    const set = (owner: string) =>
      given(Application, ...history).when({ type: 'SetOwner', data: { owner, reason } });
    set('finance-it').then({
      type: 'OwnerSet',
      data: { previous_owner: 'hr-it', new_owner: 'finance-it', reason },
    });
    set('finance-it').thenData({ owner: 'finance-it' });
    set('hr-it').thenRefused('NO_CHANGE');
  });

  it('knows no previous value from the client', () => {
    given(Application, planned)
      .when({ type: 'SetOwner', data: { owner: 'x', previous_owner: 'y' } })
      .thenRefused('VALIDATION_ERROR', /previous_owner/);
  });

  it('describes', () => {
    const describe_ = (description: string, ...history: Given[]) =>
      given(Application, planned, ...history).when({
        type: 'UpdateDescription',
        data: { description },
      });
    const pays = event('DescriptionUpdated', { previous_description: null, description: 'pays' });
    describe_('pays').then(pays);
    describe_('', pays).then({
      type: 'DescriptionUpdated',
      data: { previous_description: 'pays', description: '' },
    });
    describe_('pays', pays).thenRefused('NO_CHANGE');
    describe_('').thenRefused('NO_CHANGE');
    describe_('x'.repeat(2001)).thenRefused('VALIDATION_ERROR');
  });
});

describe('tags', () => {
  const tagged = given(Application, planned, event('TagsAdded', { tags: ['hr', 'sox'] }));

  it('records only what was not there', () => {
    const add = tagged.when({ type: 'AddTags', data: { tags: ['sox', 'pii', ' pii '] } });
    add.then({ type: 'TagsAdded', data: { tags: ['pii'] } });
    add.thenData({ tags: ['hr', 'sox', 'pii'] });
    tagged.when({ type: 'AddTags', data: { tags: ['hr'] } }).thenRefused('NO_CHANGE');
    tagged.when({ type: 'AddTags', data: { tags: [] } }).thenRefused('VALIDATION_ERROR');
  });

  it('records only what was there', () => {
    const remove = tagged.when({ type: 'RemoveTags', data: { tags: ['hr', 'none'] } });
    remove.then({ type: 'TagsRemoved', data: { tags: ['hr'] } });
    remove.thenData({ tags: ['sox'] });
    tagged.when({ type: 'RemoveTags', data: { tags: ['none'] } }).thenRefused('NO_CHANGE');
  });
});

describe('criticality', () => {
  const set = (criticality: string, more: Partial<When> = {}, ...history: Given[]) =>
    given(Application, planned, ...history).when({
      type: 'SetCriticality',
      data: { criticality, justification: reason },
      ...more,
    });
  const high = event('CriticalitySet', {
    previous_criticality: null,
    new_criticality: 'high',
    justification: reason,
  });

  it('is set and raised without more ado', () => {
    set('high').then(high);
    set('critical', {}, high).thenData({ criticality: 'critical' });
    set('high', {}, high).thenRefused('NO_CHANGE');
  });

  it('is lowered only with a business justification (AC-007)', () => {
    const refused = set('low', {}, high);
    refused.thenRefused('JUSTIFICATION_REQUIRED', /"high" to "low"/);
    expect(refused.refusal?.errors?.[0]?.field).toBe('metadata.business_justification');
    set('low', justified, high).then({
      type: 'CriticalitySet',
      data: { previous_criticality: 'high', new_criticality: 'low', justification: reason },
    });
  });

  it('of a retired application matters no more', () => {
    given(Application, ...retired)
      .when({ type: 'SetCriticality', data: { criticality: 'low', justification: reason } })
      .thenRefused('INVALID_LIFECYCLE_TRANSITION', /DeleteApplication/);
  });
});

const confidential = event(
  'DataClassificationChanged',
  { previous_classification: 'internal', new_classification: 'confidential', reason },
  'evt-002',
);

describe('data classification', () => {
  const set = (classification: string, more: Partial<When> = justified) =>
    given(Application, planned).when({
      type: 'SetDataClassification',
      data: { classification, reason },
      ...more,
    });

  it('is one focused event (AC-005)', () => {
    set('confidential').then({
      type: 'DataClassificationChanged',
      data: { previous_classification: 'internal', new_classification: 'confidential', reason },
    });
    set('confidential').thenData({ data_classification: 'confidential' });
  });

  it('needs a justification, a reason, and a change', () => {
    set('public', {}).thenRefused('JUSTIFICATION_REQUIRED');
    set('internal').thenRefused('NO_CHANGE', /"internal" already/);
  });
});

describe('correcting a classification', () => {
  const wrong = given(Application, planned, confidential);
  const correct = (corrects_event_id: string, corrected_value = 'internal') => ({
    type: 'CorrectDataClassification',
    data: { corrects_event_id, corrected_value, correction_reason: reason },
    ...approved,
  });
  const corrected = {
    original_event_id: 'evt-002',
    previous_classification: 'confidential',
    corrected_classification: 'internal',
    reason,
    approval_id: 'chg-7',
  };

  it('refers to the original, which stays (SEC-004)', () => {
    wrong.when(correct('evt-002')).then({ type: 'DataClassificationCorrected', data: corrected });
    wrong.when(correct('evt-002')).thenData({ data_classification: 'internal' });
  });

  it('needs a justification and an approval', () => {
    const { approval_id: _, ...unapproved } = correct('evt-002');
    wrong.when(unapproved).thenRefused('APPROVAL_REQUIRED');
    const { business_justification: __, ...unjustified } = correct('evt-002');
    wrong.when(unjustified).thenRefused('JUSTIFICATION_REQUIRED');
  });

  it('refuses an event that is not here, of another kind, or corrected already', () => {
    const code = 'CORRECTION_TARGET_INVALID';
    wrong.when(correct('evt-999')).thenRefused(code, /no event of this aggregate/);
    wrong.when(correct('constructor')).thenRefused(code, /no event of this aggregate/);
    wrong.when(correct('evt-created')).thenRefused(code, /is of type ApplicationCreated/);
    const twice = given(
      Application,
      planned,
      confidential,
      event('DataClassificationCorrected', corrected, 'evt-003'),
    );
    twice.when(correct('evt-002', 'public')).thenRefused(code, /corrected already, by evt-003/);
    twice.when(correct('evt-003', 'public')).thenData({ data_classification: 'public' });
  });

  it('refuses to correct to what it is', () => {
    wrong.when(correct('evt-002', 'confidential')).thenRefused('NO_CHANGE');
  });
});

describe('capability', () => {
  const assigned = event('CapabilityAssigned', {
    capability_id: 'cap-1',
    previous_capability_id: null,
  });
  const assign = (...history: Given[]) =>
    given(Application, planned, ...history)
      .and(capability)
      .when({ type: 'AssignCapability', data: { capability_id: 'cap-1' } });

  it('is assigned', () => {
    assign().then(assigned);
    assign().thenData({ capability_id: 'cap-1' });
    assign(assigned).thenRefused('NO_CHANGE', /"cap-1" already/);
    given(Application, planned, assigned)
      .when({ type: 'AssignToCapability', data: { capability_id: 'cap-2' } })
      .then({
        type: 'CapabilityAssigned',
        data: { capability_id: 'cap-2', previous_capability_id: 'cap-1' },
      });
  });

  it('is removed', () => {
    const remove = (...history: Given[]) =>
      given(Application, planned, ...history).when({ type: 'RemoveCapability' });
    remove(assigned).then({
      type: 'CapabilityRemoved',
      data: { previous_capability_id: 'cap-1', reason: null },
    });
    remove(assigned).thenData({ capability_id: null });
    remove().thenRefused('NO_CHANGE', /not set/);
  });
});

describe('deployment', () => {
  const assign = (history: readonly Given[], more: Partial<When> = {}) =>
    given(Application, ...history)
      .and(server())
      .when({
        type: 'AssignToServer',
        data: { server_id: 'server-prod-001', environment: 'prod' },
        ...more,
      });
  const first = {
    type: 'DeployedToServer',
    data: { server_id: 'server-prod-001', environment: 'prod', previous_server_ids: [] },
  };

  it('is recorded with the servers it ran on before', () => {
    assign(active).then(first);
    assign([...active, deployed('s-1'), deployed('s-1', 'dev'), deployed('s-2')]).then({
      ...first,
      data: { ...first.data, previous_server_ids: ['s-1', 's-2'] },
    });
    assign(active).thenData({
      deployments: [{ server_id: 'server-prod-001', environment: 'prod' }],
    });
  });

  it('takes the environment of the server when none is given, as in the REST example', () => {
    given(Application, ...active)
      .and(server())
      .when({ type: 'Deploy', data: { server_id: 'server-prod-001' } })
      .then(first);
  });

  it('is refused where there are too many', () => {
    const many = Array.from({ length: 500 }, (_, n) => deployed(`s-${n}`));
    assign([...active, ...many]).thenRefused('LIST_FULL', /deployments.*500 are there/);
  });

  it('refuses a pair that is there', () => {
    assign([...active, deployed('server-prod-001')]).thenRefused('NO_CHANGE', /prod/);
  });

  it('refuses a server of another environment, or out of service', () => {
    const on = (lookup: ReturnType<typeof server>) =>
      given(Application, ...active)
        .and(lookup)
        .when({ type: 'DeployToServer', data: { server_id: 's-1', environment: 'prod' } });
    on(server('dev')).thenRefused('ENVIRONMENT_MISMATCH', /a "dev" server, not a "prod" one/);
    on(server('prod', 'decommissioned')).thenRefused('REFERENCE_RETIRED', /decommissioned/);
  });

  it('of a retired application is for imports only', () => {
    assign(retired).thenRefused('INVALID_LIFECYCLE_TRANSITION', /RemoveFromServer/);
    assign(retired, { source: 'import' }).then(first);
  });

  it('ends, also for a retired application', () => {
    const remove = (history: readonly Given[], environment = 'prod') =>
      given(Application, ...history).when({
        type: 'UndeployFromServer',
        data: { server_id: 's-1', environment },
      });
    const both = [deployed('s-1'), deployed('s-2')];
    remove([...active, ...both]).then({
      type: 'UndeployedFromServer',
      data: { server_id: 's-1', environment: 'prod', remaining_server_ids: ['s-2'], reason: null },
    });
    remove([...retired, deployed('s-1')]).thenData({ deployments: [] }, 'retired');
    remove([...active, ...both], 'dev').thenRefused('NO_CHANGE', /not deployed on s-1 \(dev\)/);
    given(Application, ...active)
      .when({ type: 'RemoveFromServer', data: { server_id: 's-1', environment: 'prod' } })
      .thenRefused('NO_CHANGE');
  });
});

describe('lifecycle', () => {
  const go = (history: readonly Given[], target_lifecycle: string, more: Partial<When> = {}) =>
    given(Application, ...history).when({
      type: 'TransitionLifecycle',
      data: { target_lifecycle },
      ...more,
    });
  const sunset = (sunset_date: string, more: Partial<When> = {}, target = 'deprecated') =>
    given(Application, ...active).when({
      type: 'TransitionLifecycle',
      data: { target_lifecycle: target, sunset_date },
      ...more,
    });

  it('goes planned → active → deprecated → retired (REQ-026)', () => {
    const { type, data } = moved('planned', 'active');
    go([planned], 'active').then({ type, data });
    go(active, 'deprecated').thenData({ sunset_date: null }, 'deprecated');
    go(deprecated, 'retired').thenData({ sunset_date: '2026-06-30' }, 'retired');
  });

  it('takes the sunset date of the example in requirement 000', () => {
    sunset('2026-06-30').then({
      type: 'LifecycleTransitioned',
      data: { from_lifecycle: 'active', to_lifecycle: 'deprecated', sunset_date: '2026-06-30' },
    });
    sunset('2026-06-30').thenData({ sunset_date: '2026-06-30' }, 'deprecated');
  });

  it('skips no step, takes none back, and says what is possible', () => {
    const code = 'INVALID_LIFECYCLE_TRANSITION';
    go([planned], 'retired').thenRefused(code, /"planned" to "retired".*"active"/);
    go(active, 'planned').thenRefused(code, /"active" to "planned".*"deprecated"/);
    go([...active, deployed('s-1')], 'retired').thenRefused(code);
    go(retired, 'active').thenRefused(code, /possible now: .*CorrectLifecycle/);
    go(active, 'active').thenRefused('NO_CHANGE');
  });

  it('has a sunset date only when deprecated, from today on', () => {
    const past = sunset('2026-01-05');
    past.thenRefused('VALIDATION_ERROR', /2026-01-05 is in the past; today is 2026-01-06/);
    expect(past.refusal?.errors?.[0]?.field).toBe('data.sunset_date');
    sunset('2026-01-06').thenData({ sunset_date: '2026-01-06' });
    sunset('2019-01-05', { source: 'import' }).thenData({ sunset_date: '2019-01-05' });
    sunset('2026-06-30', {}, 'retired').thenRefused('VALIDATION_ERROR', /deprecated/);
    sunset('2026-02-30').thenRefused('VALIDATION_ERROR', /2026-06-30/);
  });

  it('does not retire what is deployed, unless history did', () => {
    const running = [...deprecated, deployed('s-1')];
    const refused = go(running, 'retired');
    refused.thenRefused('HAS_DEPENDENTS', /Server s-1 \(prod\)/);
    expect(refused.refusal?.details).toEqual({
      dependents: [{ type: 'Server', id: 's-1', environment: 'prod' }],
      total: 1,
    });
    go(running, 'retired', { source: 'import' }).thenData({}, 'retired');
  });

  it('does not retire what can still be called, unless history did', () => {
    const api = { interface_id: 'i-1', name: 'API' };
    const open = event('InterfaceExposed', {
      ...api,
      protocol: 'rest',
      endpoint: null,
      version: null,
    });
    const announced = event('InterfaceDeprecated', {
      interface_id: 'i-1',
      sunset_date: null,
      replacement_interface_id: null,
    });
    const closed = event('InterfaceRetired', { interface_id: 'i-1' });
    const refused = go([...deprecated, open], 'retired');
    refused.thenRefused('HAS_DEPENDENTS', /live interfaces: ApplicationInterface "API"/);
    expect(refused.refusal?.details).toEqual({
      dependents: [{ type: 'ApplicationInterface', id: 'i-1', name: 'API' }],
      total: 1,
    });
    go([...deprecated, open, announced], 'retired').thenRefused('HAS_DEPENDENTS');
    go([...deprecated, open, announced, closed], 'retired').thenData({}, 'retired');
    go([...deprecated, open], 'retired', { source: 'import' }).thenData({}, 'retired');
    const cancel = { type: 'CancelPlannedApplication', data: { reason }, ...justified };
    given(Application, planned, open).when(cancel).thenRefused('HAS_DEPENDENTS');
    given(Application, planned, open)
      .when({
        type: 'CorrectLifecycle',
        data: { corrects_event_id: 'evt-created', corrected_value: 'retired', reason },
        ...approved,
      })
      .thenRefused('HAS_DEPENDENTS');
  });

  it('reschedules the sunset of a deprecated one', () => {
    const reschedule = (sunset_date: string, history = deprecated) =>
      given(Application, ...history).when({
        type: 'RescheduleSunset',
        data: { sunset_date, reason },
      });
    reschedule('2027-01-31').then({
      type: 'SunsetRescheduled',
      data: { previous_sunset_date: '2026-06-30', new_sunset_date: '2027-01-31', reason },
    });
    reschedule('2027-01-31').thenData({ sunset_date: '2027-01-31' }, 'deprecated');
    reschedule('2026-06-30').thenRefused('NO_CHANGE');
    reschedule('2025-12-31').thenRefused('VALIDATION_ERROR', /past/);
    reschedule('2027-01-31', active).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });

  it('cancels a plan that runs nowhere', () => {
    const cancel = (...history: Given[]) =>
      given(Application, ...history).when({
        type: 'CancelPlannedApplication',
        data: { reason },
        ...justified,
      });
    cancel(planned).then({ type: 'ApplicationCancelled', data: { reason } });
    cancel(planned).thenData({}, 'retired');
    cancel(planned, deployed('s-1')).thenRefused('HAS_DEPENDENTS');
    cancel(...active).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });

  it('reinstates a deprecated one, with an approval', () => {
    const reinstate = (papers: object, history = deprecated) =>
      given(Application, ...history).when({
        type: 'ReinstateApplication',
        data: { reason },
        ...papers,
      });
    reinstate(approved).then({
      type: 'ApplicationReinstated',
      data: { previous_sunset_date: '2026-06-30', reason },
    });
    reinstate(approved).thenData({ sunset_date: null }, 'active');
    reinstate(justified).thenRefused('APPROVAL_REQUIRED');
    reinstate(approved, retired).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });
});

describe('correcting the lifecycle', () => {
  const correct = (corrects_event_id: string, corrected_value: string) => ({
    type: 'CorrectLifecycle',
    data: { corrects_event_id, corrected_value, reason },
    ...approved,
  });
  const imported = event('ApplicationCreated', { ...created, lifecycle: 'retired' }, 'evt-import');

  it('leads from anywhere to anywhere', () => {
    given(Application, imported)
      .when(correct('evt-import', 'active'))
      .then({
        type: 'LifecycleCorrected',
        data: {
          original_event_id: 'evt-import',
          previous_lifecycle: 'retired',
          corrected_lifecycle: 'active',
          reason,
          approval_id: 'chg-7',
        },
      });
    const back = given(Application, ...retired).when(correct('to-retired', 'deprecated'));
    back.thenData({ sunset_date: '2026-06-30' }, 'deprecated');
    const restart = given(Application, ...deprecated).when(correct('to-deprecated', 'planned'));
    restart.thenData({ sunset_date: null }, 'planned');
  });

  it.each([
    event('ApplicationCancelled', { reason }, 'evt-x'),
    event(
      'LifecycleCorrected',
      {
        original_event_id: 'evt-created',
        previous_lifecycle: 'planned',
        corrected_lifecycle: 'retired',
        reason,
        approval_id: 'chg-1',
      },
      'evt-x',
    ),
  ])('corrects $type', (last) => {
    given(Application, planned, last).when(correct('evt-x', 'planned')).thenData({}, 'planned');
  });

  it('corrects ApplicationReinstated', () => {
    const reinstated = { previous_sunset_date: '2026-06-30', reason };
    given(Application, ...deprecated, event('ApplicationReinstated', reinstated, 'evt-x'))
      .when(correct('evt-x', 'deprecated'))
      .thenData({}, 'deprecated');
  });

  it('refuses the wrong event, no change, and retiring what runs', () => {
    given(Application, planned, confidential)
      .when(correct('evt-002', 'active'))
      .thenRefused('CORRECTION_TARGET_INVALID', /is of type DataClassificationChanged/);
    given(Application, planned).when(correct('evt-created', 'planned')).thenRefused('NO_CHANGE');
    const running = given(Application, ...active, deployed('s-1'));
    running.when(correct('to-active', 'retired')).thenRefused('HAS_DEPENDENTS');
    running.when({ ...correct('to-active', 'retired'), source: 'import' }).thenData({}, 'retired');
    const { approval_id: _, ...unapproved } = correct('to-active', 'planned');
    running.when(unapproved).thenRefused('APPROVAL_REQUIRED');
  });
});

describe('CorrectionCommand (requirement 000 §9)', () => {
  const correct = (corrects_event_id: string, corrected_value: string) =>
    given(Application, planned, confidential).when({
      type: 'CorrectionCommand',
      source: 'system',
      data: { corrects_event_id, corrected_value, correction_reason: 'wrong one' },
      ...approved,
    });

  it('becomes the correction that fits the event', () => {
    correct('evt-002', 'internal').then({
      type: 'DataClassificationCorrected',
      data: {
        original_event_id: 'evt-002',
        previous_classification: 'confidential',
        corrected_classification: 'internal',
        reason: 'wrong one',
        approval_id: 'chg-7',
      },
    });
    correct('evt-created', 'active').thenData({}, 'active');
  });

  it('refuses a value the event could not have, and an event it does not know', () => {
    correct('evt-002', 'active').thenRefused('VALIDATION_ERROR', /public, internal/);
    correct('evt-created', 'internal').thenRefused('VALIDATION_ERROR', /planned, active/);
    correct('evt-999', 'internal').thenRefused('CORRECTION_TARGET_INVALID');
  });
});

it('belongs to the team of its owner', () => {
  const teams = Application.ownership?.teams;
  expect(teams?.(given(Application, planned).state.data, {})).toEqual(['hr-it']);
});

describe('the name', () => {
  const key = (name: string) => Application.claims.name!.key({ status: 'active', data: { name } });

  it('is claimed as people compare names', () => {
    expect(key('  ＰＡＹ\u00a0 Roll ')).toBe('pay roll');
    expect(key('Pay Roll')).toBe('pay roll');
  });
});
