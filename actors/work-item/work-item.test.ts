import { describe, expect, it } from 'vitest';
import { UUID } from '../../src/core/ids.js';
import { type Given, given } from '../../src/testing/index.js';
import { WorkItem } from './work-item.js';
import { workItemId } from './work-item-id.js';

const reason = 'because';
const finding = {
  kind: 'dangling_reference',
  about_type: 'Application',
  about_id: 'crm',
  about_key: 'cap-1',
};
const opened = { ...finding, title: 'crm supports nothing', details: null };
const open: Given = { type: 'WorkItemOpened', data: opened };
const assigned: Given = {
  type: 'WorkItemAssigned',
  data: { previous_assignee: null, new_assignee: 'ann' },
};
const resolved: Given = { type: 'WorkItemResolved', data: { reason } };
const dismissed: Given = { type: 'WorkItemDismissed', data: { reason } };
const id = workItemId(finding);

const when = (type: string, data: object, ...history: readonly Given[]) =>
  given(WorkItem, open, ...history).when({ type, data });
const opening = (data: object, ...history: readonly Given[]) =>
  given(WorkItem, ...history)
    .and({ id })
    .when({ type: 'OpenWorkItem', data });

describe('its id', () => {
  it('is a UUID of version 5 that follows from what was found', () => {
    expect(id).toMatch(UUID);
    // Written into every log: it must never become another.
    expect(id).toBe('96b5d030-0f91-5173-8f11-db2c6c6a8b34');
    const others = Object.keys(finding).map((field) =>
      workItemId({ ...finding, [field]: 'other' }),
    );
    expect(new Set([id, ...others]).size).toBe(others.length + 1);
  });

  it('is no other', () => {
    given(WorkItem)
      .and({ id: 'mine' })
      .when({ type: 'OpenWorkItem', data: opened })
      .thenRefused('VALIDATION_ERROR', new RegExp(id));
  });
});

describe('opening', () => {
  it('happens once', () => {
    opening(opened).then({ type: 'WorkItemOpened', data: opened });
    opening(opened).thenData({ assignee: null, reason: null }, 'open');
    opening(opened, open).thenRefused('ALREADY_EXISTS');
    opening({ ...opened, kind: 'bad_luck' }).thenRefused('VALIDATION_ERROR', /data\.kind/);
  });

  it('happens again after it was resolved, and starts afresh', () => {
    opening({ ...opened, title: 'again' }, open, assigned, resolved).thenData(
      { title: 'again', assignee: null, reason: null },
      'open',
    );
  });

  it('does not happen again by itself after it was dismissed', () => {
    opening(opened, open, dismissed).thenRefused('ALREADY_EXISTS');
  });

  it('needs no key', () => {
    const { about_key: _, ...keyless } = opened;
    given(WorkItem)
      .and({ id: workItemId({ ...finding, about_key: '' }) })
      .when({ type: 'OpenWorkItem', data: keyless })
      .thenData({ about_key: '' }, 'open');
  });
});

it('is assigned', () => {
  when('AssignWorkItem', { assignee: 'ann' }).then({ type: assigned.type, data: assigned.data! });
  when('AssignWorkItem', { assignee: 'ann' }).thenData({ assignee: 'ann' });
  when('AssignWorkItem', { assignee: 'ann' }, assigned).thenRefused('NO_CHANGE', /"ann" already/);
  when('AssignWorkItem', { assignee: 'ann' }, resolved).thenRefused('INVALID_LIFECYCLE_TRANSITION');
});

describe.each([
  ['ResolveWorkItem', 'WorkItemResolved', 'resolved'],
  ['DismissWorkItem', 'WorkItemDismissed', 'dismissed'],
])('%s', (type, event, status) => {
  it('ends it, with a reason', () => {
    when(type, { reason }).then({ type: event, data: { reason } });
    when(type, { reason }).thenData({ reason }, status);
    when(type, {}).thenRefused('VALIDATION_ERROR', /data\.reason/);
    when(type, { reason }, resolved).thenRefused('INVALID_LIFECYCLE_TRANSITION', /ReopenWorkItem/);
    when(type, { reason }, dismissed).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });

  it('can be taken back', () => {
    const reopen = when(
      'ReopenWorkItem',
      { reason: 'still there' },
      { type: event, data: { reason } },
    );
    reopen.then({ type: 'WorkItemReopened', data: { reason: 'still there' } });
    reopen.thenData({ reason: 'still there' }, 'open');
    when('ReopenWorkItem', { reason }).thenRefused('INVALID_LIFECYCLE_TRANSITION');
  });
});
