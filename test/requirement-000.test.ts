import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stableCommandId } from '../src/core/ids.js';
import { isRefusal } from '../src/core/refusal.js';
import type { Accepted } from '../src/write/runtime/outcome.js';
import { approved, envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';

/**
 * The examples of requirement 000 §4 and §9, as they stand there. Their command ids (`cmd-001`) are
 * placeholders: REQ-005 of the same document demands UUID v4, so each is exchanged for one.
 */
const NOW = Date.parse('2026-01-06T10:00:00Z');
const commandId = (placeholder: string): string => stableCommandId('requirement-000', placeholder);

const ADD_PARENT = {
  command_id: commandId('cmd-001'),
  command_type: 'AddParentToCapability',
  aggregate_id: 'cap-child-uuid',
  aggregate_type: 'BusinessCapability',
  actor: 'user-123',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: { parent_id: 'cap-parent-uuid' },
  metadata: { business_justification: 'Reorganizing capability hierarchy for Q1 initiative' },
};
const SET_CLASSIFICATION = {
  command_id: commandId('cmd-002'),
  command_type: 'SetDataClassification',
  aggregate_id: 'app-uuid-001',
  aggregate_type: 'Application',
  actor: 'security-officer-456',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:05:00Z',
  data: { classification: 'confidential', reason: 'Contains customer payment data' },
  metadata: { business_justification: 'Security review identified PII handling' },
};
const ASSIGN_TO_SERVER = {
  command_id: commandId('cmd-003'),
  command_type: 'AssignToServer',
  aggregate_id: 'app-uuid-001',
  aggregate_type: 'Application',
  actor: 'platform-ops-789',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:10:00Z',
  data: { server_id: 'server-prod-001', environment: 'prod' },
  metadata: { business_justification: 'Deploying to production after testing' },
};
const TRANSITION = {
  command_id: commandId('cmd-004'),
  command_type: 'TransitionLifecycle',
  aggregate_id: 'app-uuid-001',
  aggregate_type: 'Application',
  actor: 'architect-user-001',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T11:00:00Z',
  data: { target_lifecycle: 'deprecated', sunset_date: '2026-06-30' },
  metadata: { business_justification: 'Application being replaced by NextGen Platform' },
};
const REMOVE_PARENT = {
  command_id: commandId('cmd-005'),
  command_type: 'RemoveParentFromCapability',
  aggregate_id: 'cap-child-uuid',
  aggregate_type: 'BusinessCapability',
  actor: 'user-123',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T11:30:00Z',
  data: { reason: 'Restructuring complete, promoting to top-level' },
  metadata: { business_justification: 'Organizational restructure' },
};

describe('the examples of requirement 000', () => {
  let server: TestServer;
  let node: TestNode;
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startTestNode(server.url, { clock: () => NOW });
    await tell(
      envelope('BusinessCapability', 'cap-parent-uuid', 'CreateCapability', { name: 'Payments' }),
    );
    await tell(
      envelope('BusinessCapability', 'cap-child-uuid', 'CreateCapability', {
        name: 'Card payments',
      }),
    );
    await tell(
      envelope('Server', 'server-prod-001', 'CreateServer', {
        hostname: 'prod-001',
        environment: 'prod',
        criticality: 'high',
      }),
    );
    await tell(
      envelope('Application', 'app-uuid-001', 'CreateApplication', {
        name: 'Checkout',
        owner: 'Team Payments',
        data_classification: 'internal',
      }),
    );
    // The document's versions start at 3: there was one change before.
    await tell(
      envelope('Application', 'app-uuid-001', 'TransitionLifecycle', {
        target_lifecycle: 'active',
      }),
    );
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
  });

  const tell = async (input: object): Promise<Accepted> => {
    const result = await node.runtime.dispatch(input, 'test');
    if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
    return result;
  };
  /** Sends a command and compares its one stored event with the event of the document. */
  const produces = async (
    command: { aggregate_type: string; aggregate_id: string },
    event: object,
  ) => {
    const { events, aggregate_version } = await tell(command);
    expect(events).toEqual([
      expect.objectContaining({
        ...event,
        event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        event_timestamp: '2026-01-06T10:00:00.000Z',
        source: 'api',
      }),
    ]);
    const definition = node.runtime.registry.aggregate(command.aggregate_type)!;
    const stored = (await node.store.read(definition, command.aggregate_id, 1)).at(-1)!;
    expect(stored).toMatchObject({ ...event, aggregate_version });
    expect(Object.keys(stored.data)).toEqual(Object.keys((event as { data: object }).data));
    return stored;
  };

  it('AddParentToCapability → ParentAssigned', () =>
    produces(ADD_PARENT, {
      event_type: 'ParentAssigned',
      aggregate_id: 'cap-child-uuid',
      aggregate_type: 'BusinessCapability',
      aggregate_version: 2,
      actor: 'user-123',
      causation_id: ADD_PARENT.command_id,
      data: { parent_id: 'cap-parent-uuid', previous_parent_id: null },
    }));

  it('SetDataClassification → DataClassificationChanged', () =>
    produces(SET_CLASSIFICATION, {
      event_type: 'DataClassificationChanged',
      aggregate_id: 'app-uuid-001',
      aggregate_type: 'Application',
      aggregate_version: 3,
      actor: 'security-officer-456',
      causation_id: SET_CLASSIFICATION.command_id,
      data: {
        previous_classification: 'internal',
        new_classification: 'confidential',
        reason: 'Contains customer payment data',
      },
    }));

  it('AssignToServer → DeployedToServer', () =>
    produces(ASSIGN_TO_SERVER, {
      event_type: 'DeployedToServer',
      aggregate_id: 'app-uuid-001',
      aggregate_type: 'Application',
      aggregate_version: 4,
      actor: 'platform-ops-789',
      causation_id: ASSIGN_TO_SERVER.command_id,
      data: { server_id: 'server-prod-001', environment: 'prod', previous_server_ids: [] },
    }));

  it('TransitionLifecycle → LifecycleTransitioned', () =>
    produces(TRANSITION, {
      event_type: 'LifecycleTransitioned',
      aggregate_id: 'app-uuid-001',
      aggregate_type: 'Application',
      aggregate_version: 5,
      actor: 'architect-user-001',
      causation_id: TRANSITION.command_id,
      data: { from_lifecycle: 'active', to_lifecycle: 'deprecated', sunset_date: '2026-06-30' },
    }));

  it('RemoveParentFromCapability → ParentRemoved', () =>
    produces(REMOVE_PARENT, {
      event_type: 'ParentRemoved',
      aggregate_id: 'cap-child-uuid',
      aggregate_type: 'BusinessCapability',
      aggregate_version: 3,
      actor: 'user-123',
      causation_id: REMOVE_PARENT.command_id,
      data: {
        previous_parent_id: 'cap-parent-uuid',
        reason: 'Restructuring complete, promoting to top-level',
      },
    }));

  it('CorrectionCommand (§9) → DataClassificationCorrected, with what SEC-004 and AC-007 add', async () => {
    const definition = node.runtime.registry.aggregate('Application')!;
    const wrong = (await node.store.read(definition, 'app-uuid-001', 1)).find(
      ({ event_type }) => event_type === 'DataClassificationChanged',
    )!;
    const example = {
      command_id: commandId('cmd-correction-001'),
      command_type: 'CorrectionCommand',
      aggregate_id: 'app-uuid-001',
      aggregate_type: 'Application',
      actor: 'admin-user',
      source: 'system',
      data: {
        corrects_event_id: wrong.event_id,
        correction_reason: "Wrong classification assigned, should be 'internal' not 'confidential'",
        corrected_value: 'internal',
      },
    };
    // The example leaves out fields that §4 of the same document requires: they are named.
    const bare = await node.runtime.dispatch(example, 'test');
    expect(isRefusal(bare) && bare.errors?.map(({ field }) => field)).toEqual([
      'actor_type',
      'command_timestamp',
    ]);
    const whole = { ...example, actor_type: 'user', command_timestamp: '2026-01-06T12:00:00Z' };
    expect(await node.runtime.dispatch(whole, 'test')).toMatchObject({
      refused: 'JUSTIFICATION_REQUIRED',
    });
    const justified = { business_justification: 'Classification review' };
    expect(await node.runtime.dispatch({ ...whole, metadata: justified }, 'test')).toMatchObject({
      refused: 'APPROVAL_REQUIRED',
    });
    for (const one of approved('approval-7', 'Application/CorrectionCommand')) await tell(one);
    const { events } = await tell({
      ...whole,
      metadata: { ...justified, approval_id: 'approval-7' },
    });
    expect(events).toMatchObject([
      {
        event_type: 'DataClassificationCorrected',
        aggregate_version: 6,
        approval_id: 'approval-7',
        data: {
          original_event_id: wrong.event_id,
          previous_classification: 'confidential',
          corrected_classification: 'internal',
          approval_id: 'approval-7',
        },
      },
    ]);
  });

  it('the multi-step sequence of §9: each command one event, versions in order', async () => {
    const id = 'app-uuid-002';
    const steps = [
      [
        'CreateApplication',
        { name: 'Ledger', owner: 'Finance', data_classification: 'internal' },
        'ApplicationCreated',
      ],
      ['AssignCapability', { capability_id: 'cap-parent-uuid' }, 'CapabilityAssigned'],
      [
        'SetDataClassification',
        { classification: 'restricted', reason: 'payroll' },
        'DataClassificationChanged',
      ],
      ['DeployToServer', { server_id: 'server-prod-001' }, 'DeployedToServer'],
    ] as const;
    for (const [index, [type, data, event]] of steps.entries()) {
      const command = {
        ...envelope('Application', id, type, data),
        metadata: { business_justification: 'go live' },
      };
      const { events } = await tell(command);
      expect(events.map(({ event_type }) => event_type)).toEqual([event]);
      expect(events[0]?.aggregate_version).toBe(index + 1);
    }
  });

  it('a fat UpdateApplication is refused by name (AC-009), a sensitive command without a reason too (AC-007)', async () => {
    const fat = envelope('Application', 'app-uuid-001', 'UpdateApplication', {
      name: 'New Name',
      owner: 'new-owner',
      lifecycle: 'deprecated',
    });
    expect(await node.runtime.dispatch(fat, 'test')).toMatchObject({
      refused: 'FORBIDDEN_GENERIC_COMMAND',
    });
    const { metadata: _, ...silent } = SET_CLASSIFICATION;
    const again = { ...silent, command_id: commandId('silent') };
    expect(await node.runtime.dispatch(again, 'test')).toMatchObject({
      refused: 'JUSTIFICATION_REQUIRED',
    });
  });
});
