import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { personal } from '../../core/marks.js';
import { command } from '../../core/message.js';
import { givenEvents } from '../../testing/index.js';
import { auditLog } from './audit-log.js';
import { changesBetween } from './changes.js';

const roles = ['clerk'];
const Member = defineAggregate({
  name: 'Member',
  summary: 'A member of the library.',
  events: {
    MemberJoined: z.object({ name: personal(z.string()), plan: z.string() }),
    MemberRenamed: z.object({ name: personal(z.string()) }),
    PlanChanged: z.object({ plan: z.string() }),
    MemberLeft: z.object({}),
  },
  commands: {
    Join: command({ data: z.object({}), emits: ['MemberJoined'], roles, critical: true }),
    Rename: command({ data: z.object({}), emits: ['MemberRenamed'], roles }),
    ChangePlan: command({ data: z.object({}), emits: ['PlanChanged'], roles }),
    CorrectPlan: command({ data: z.object({}), emits: ['PlanChanged'], roles, sensitive: true }),
    Leave: command({ data: z.object({}), emits: ['MemberLeft'], roles, sensitive: true }),
  },
  data: z.object({
    name: personal(z.string().default('')),
    plan: z.string().default('basic'),
    note: z.string().nullable().default(null),
    seen: z.record(z.string(), z.number()).default({}),
  }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { MemberJoined: 'present' } },
      present: { on: { MemberRenamed: {}, PlanChanged: {}, MemberLeft: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },
  evolve: {
    MemberJoined: (_, joined, { event_id }) => ({ ...joined, seen: { [event_id]: 1 } }),
    MemberRenamed: (_, { name }) => ({ name }),
    PlanChanged: ({ seen }, { plan }, { event_id }) => ({ plan, seen: { ...seen, [event_id]: 2 } }),
  },
  decide: {
    Join: () => [],
    Rename: () => [],
    ChangePlan: () => [],
    CorrectPlan: () => [],
    Leave: () => [],
  },
});

const of = { type: 'Member', id: 'm' };
const joined = {
  ...of,
  event: 'MemberJoined',
  data: { name: 'Ann', plan: 'basic' },
  event_id: 'e1',
};
const audit = auditLog([Member]);

describe('the audit log', () => {
  it('says who did what, when, from where and why', () => {
    givenEvents(audit, {
      ...joined,
      at: '2026-02-01T10:00:00.000Z',
      effective_at: '2020-01-01T00:00:00Z',
      actor: 'bob',
      actor_type: 'service',
      source: 'import',
      correlation_id: 'batch-7',
      command_id: 'c1',
      business_justification: 'moved here',
      approval_id: 'chg-1',
    }).then({
      e1: {
        event_id: 'e1',
        event_type: 'MemberJoined',
        aggregate_type: 'Member',
        aggregate_id: 'm',
        aggregate_version: 1,
        position: 'member:1',
        actor: 'bob',
        actor_type: 'service',
        source: 'import',
        recorded_at: '2026-02-01T10:00:00.000Z',
        occurred_at: '2020-01-01T00:00:00.000Z',
        effective_at: '2020-01-01T00:00:00.000Z',
        correlation_id: 'batch-7',
        business_justification: 'moved here',
        approval_id: 'chg-1',
        command_id: 'c1',
        command_type: 'Join',
        command_types: ['Join'],
        sensitive: false,
        critical: true,
        status: 'present',
      },
    });
  });

  it('lists at the beginning everything that has a value, even the default one', () => {
    givenEvents(audit, joined).then({
      e1: {
        fields: ['status', 'name', 'plan', 'seen'],
        changes: [
          { field: 'status', from: null, to: 'present' },
          { field: 'name', from: null, to: '[personal]' },
          { field: 'plan', from: null, to: 'basic' },
          { field: 'seen', from: null, to: { e1: 1 } },
        ],
      },
    });
  });

  it('lists what each event changed, of a record only the members that differ', () => {
    givenEvents(
      audit,
      joined,
      { ...of, event: 'PlanChanged', data: { plan: 'gold' }, event_id: 'e2' },
      { ...of, event: 'MemberLeft', data: {}, event_id: 'e3' },
    ).then({
      e2: {
        fields: ['plan', 'seen'],
        changes: [
          { field: 'plan', from: 'basic', to: 'gold' },
          { field: 'seen', from: {}, to: { e2: 2 } },
        ],
      },
      e3: { changes: [{ field: 'status', from: 'present', to: 'deleted' }], sensitive: true },
    });
  });

  it('names no command where several could have been it, and is as strict as any of them', () => {
    givenEvents(audit, joined, {
      ...of,
      event: 'PlanChanged',
      data: { plan: 'gold' },
      event_id: 'e2',
    }).then({
      e2: {
        command_type: null,
        command_types: ['ChangePlan', 'CorrectPlan'],
        sensitive: true,
        critical: false,
      },
    });
  });

  it('says that a personal field changed, but not from what to what', () => {
    const { documents } = givenEvents(audit, joined, {
      ...of,
      event: 'MemberRenamed',
      data: { name: 'Anna' },
      event_id: 'e2',
    });
    expect(documents.get('e2')).toMatchObject({
      data: { name: '[personal]' },
      fields: ['name'],
      changes: [{ field: 'name', from: '[personal]', to: '[personal]' }],
    });
    expect(JSON.stringify([...documents])).not.toContain('Ann');
  });

  it('is built anew when what its commands say of themselves changes', () => {
    const { Leave, ...others } = Member.commands;
    const lax = { ...Member, commands: { ...others, Leave: { ...Leave!, sensitive: false } } };
    expect(auditLog([lax]).hash).not.toBe(audit.hash);
    expect(auditLog([{ ...Member }]).hash).toBe(audit.hash);
  });
});

describe('changes', () => {
  const state = (data: Readonly<Record<string, unknown>>, status = 'on') => ({ status, data });

  it('do not depend on the order of members', () => {
    expect(changesBetween(state({ x: { a: 1, b: 2 } }), state({ x: { b: 2, a: 1 } }))).toEqual([]);
  });

  it('show what came and what went', () => {
    expect(changesBetween(state({ old: 1 }), state({ new: [1] }))).toEqual([
      { field: 'old', from: 1, to: null },
      { field: 'new', from: null, to: [1] },
    ]);
  });

  it('tell a field called status from the status', () => {
    expect(changesBetween(state({ status: 'x' }, 'on'), state({ status: 'y' }, 'off'))).toEqual([
      { field: 'status', from: 'on', to: 'off' },
      { field: 'data_status', from: 'x', to: 'y' },
    ]);
  });
});
