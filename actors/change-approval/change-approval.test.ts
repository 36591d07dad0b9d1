import { describe, expect, it } from 'vitest';
import type { ToApprove } from '../../src/core/aggregate.js';
import { folded, type Given, given } from '../../src/testing/index.js';
import { ChangeApproval } from './change-approval.js';

const reason = 'because';
const covers = [
  { command_type: 'DeleteApplication', aggregate_type: 'Application', aggregate_id: 'crm' },
  { command_type: 'DeleteServer', aggregate_type: 'Server', aggregate_id: null },
];
const asked = { title: 'CAB 7', covers, correlation_id: null, reason, expires_at: null };
const requested = (more: object = {}): Given => ({
  type: 'ChangeApprovalRequested',
  data: { ...asked, requested_by: 'ann', ...more },
});
const approved: Given = { type: 'ChangeApproved', data: { approved_by: 'rob', comment: null } };
const rejected: Given = { type: 'ChangeRejected', data: { rejected_by: 'rob', reason } };
const withdrawn: Given = { type: 'ApprovalWithdrawn', data: { reason } };
const EXPIRY = '2026-02-01T00:00:00Z';

const sending = (type: string, data: object, actor: string, ...history: readonly Given[]) =>
  given(ChangeApproval, ...history).when({ type, data, actor });

describe('requesting', () => {
  const { correlation_id: _, expires_at: __, ...least } = asked;

  it('remembers who asked', () => {
    sending('RequestApproval', least, 'ann').then({
      type: 'ChangeApprovalRequested',
      data: { ...asked, requested_by: 'ann' },
    });
    sending('RequestApproval', least, 'ann').thenData(
      { requested_by: 'ann', decided_by: null },
      'requested',
    );
    sending('RequestApproval', { ...least, requested_by: 'bob' }, 'ann').thenRefused(
      'VALIDATION_ERROR',
      /requested_by/,
    );
    sending('RequestApproval', least, 'ann', requested()).thenRefused('ALREADY_EXISTS');
  });

  it('covers any aggregate of a type when none is named', () => {
    const [, { aggregate_id: ___, ...any }] = covers as [object, (typeof covers)[1]];
    sending('RequestApproval', { ...least, covers: [any] }, 'ann').thenData({
      covers: [covers[1]!],
    });
    sending('RequestApproval', { ...least, covers: [] }, 'ann').thenRefused('VALIDATION_ERROR');
  });

  it('expires in the future, except in a history', () => {
    const request = (expires_at: string, source = 'api') =>
      given(ChangeApproval)
        .and({ now: '2026-01-06T10:00:00.000Z' })
        .when({ type: 'RequestApproval', data: { ...least, expires_at }, source });
    request('2026-01-06T10:00:00Z').thenRefused('VALIDATION_ERROR', /expires_at: .* in the past/);
    request('2026-01-06T10:00:01Z').thenData({ expires_at: '2026-01-06T10:00:01.000Z' });
    request('2020-01-01T00:00:00Z', 'import').thenData({}, 'requested');
    request('tomorrow').thenRefused('VALIDATION_ERROR', /ISO 8601/);
  });
});

describe('deciding', () => {
  it('is for somebody else than who asked', () => {
    sending('ApproveChange', { comment: 'fine' }, 'rob', requested()).then({
      type: 'ChangeApproved',
      data: { approved_by: 'rob', comment: 'fine' },
    });
    sending('ApproveChange', {}, 'rob', requested()).thenData({ decided_by: 'rob' }, 'approved');
    sending('ApproveChange', {}, 'ann', requested()).thenRefused('APPROVAL_SELF', /ann requested/);
    // However they write themselves: it is the same person.
    for (const ann of ['Ann', 'ＡＮＮ', 'an\u200bn'])
      sending('ApproveChange', {}, ann, requested()).thenRefused('APPROVAL_SELF');
  });

  it('comes too late after it expired', () => {
    given(ChangeApproval, requested({ expires_at: EXPIRY }))
      .and({ now: '2026-02-01T00:00:00.000Z' })
      .when({ type: 'ApproveChange', actor: 'rob' })
      .thenRefused('INVALID_LIFECYCLE_TRANSITION', /expired at 2026-02-01T00:00:00Z/);
  });

  it('rejects', () => {
    sending('RejectChange', { reason }, 'rob', requested()).then({
      type: 'ChangeRejected',
      data: { rejected_by: 'rob', reason },
    });
    sending('RejectChange', { reason }, 'rob', requested()).thenData(
      { decided_by: 'rob' },
      'rejected',
    );
    sending('RejectChange', {}, 'rob', requested()).thenRefused('VALIDATION_ERROR', /reason/);
  });

  it('happens once', () => {
    for (const end of [approved, rejected, withdrawn])
      for (const type of ['ApproveChange', 'RejectChange'])
        sending(
          type,
          type === 'RejectChange' ? { reason } : {},
          'rob',
          requested(),
          end,
        ).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });
});

describe('withdrawing', () => {
  it('is for who asked, also after the approval', () => {
    const withdraw = (actor: string, ...more: readonly Given[]) =>
      sending('WithdrawApprovalRequest', { reason }, actor, requested(), ...more);
    withdraw('ann').then({ type: 'ApprovalWithdrawn', data: { reason } });
    withdraw('ann').thenData({}, 'withdrawn');
    withdraw('ann', approved).thenData({}, 'withdrawn');
    withdraw('bob').thenRefused('FORBIDDEN', /taken back by ann/);
    withdraw('ann', rejected).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });
});

describe('allowing a command', () => {
  const command: ToApprove = {
    command_type: 'DeleteApplication',
    aggregate_type: 'Application',
    aggregate_id: 'crm',
    actor: 'ann',
    subject: 'ann',
    correlation_id: null,
    now: '2026-01-06T10:00:00.000Z',
  };
  const allows = (more: Partial<ToApprove> = {}, ...history: readonly Given[]) =>
    ChangeApproval.approves!(
      folded(ChangeApproval, history.length > 0 ? history : [requested(), approved]),
      { ...command, ...more },
    );

  it('allows what it covers', () => {
    expect(allows()).toBeUndefined();
    const any = { command_type: 'DeleteServer', aggregate_type: 'Server' };
    expect(allows({ ...any, aggregate_id: 'any' })).toBeUndefined();
    expect(allows({ correlation_id: 'whatever' })).toBeUndefined();
  });

  it.each([
    [{ command_type: 'CorrectLifecycle' }],
    [{ aggregate_type: 'Server' }],
    [{ aggregate_id: 'erp' }],
  ])('does not allow %j, and names what it covers', (more) => {
    const refused = allows(more);
    expect(refused).toMatchObject({ refused: 'APPROVAL_REQUIRED', details: { covers } });
    expect(refused?.message).toMatch(
      /"CAB 7".* covers DeleteApplication on Application crm, DeleteServer on any Server$/,
    );
  });

  it('allows only what belongs together, when it says so', () => {
    const bound = [requested({ correlation_id: 'move-1' }), approved];
    expect(allows({ correlation_id: 'move-1' }, ...bound)).toBeUndefined();
    for (const correlation_id of ['move-2', null])
      expect(allows({ correlation_id }, ...bound)).toMatchObject({
        refused: 'APPROVAL_REQUIRED',
        message: expect.stringMatching(/with the correlation id move-1$/),
      });
  });

  it.each([
    ['requested', [], /nobody has approved it yet/],
    ['rejected', [rejected], /was rejected/],
    ['withdrawn', [approved, withdrawn], /was withdrawn/],
  ])('does not while it is %s', (status, more, message) => {
    expect(allows({}, requested(), ...more)).toMatchObject({
      refused: 'APPROVAL_REQUIRED',
      message: expect.stringMatching(message),
      details: { status },
    });
  });

  it('ends when it expires', () => {
    const short = [requested({ expires_at: EXPIRY }), approved];
    expect(allows({ now: '2026-01-31T23:59:59.999Z' }, ...short)).toBeUndefined();
    expect(allows({ now: '2026-02-01T00:00:00.000Z' }, ...short)).toMatchObject({
      refused: 'APPROVAL_REQUIRED',
      message: expect.stringMatching(/expired at 2026-02-01T00:00:00Z/),
    });
  });

  it('is not carried out by who approved it', () => {
    expect(allows({ actor: 'rob', subject: 'Rob' })).toMatchObject({
      refused: 'APPROVAL_SELF',
      message: expect.stringMatching(/Rob approved "CAB 7"/),
    });
  });

  it('allows nothing that was never requested', () => {
    expect(ChangeApproval.approves!(ChangeApproval.initial, command)).toMatchObject({
      refused: 'APPROVAL_REQUIRED',
    });
  });
});

it('nobody asks for or gives an approval in the name of somebody else', () => {
  for (const [type, { inPerson }] of Object.entries(ChangeApproval.commands))
    expect(`${type} ${inPerson}`).toBe(`${type} true`);
});
