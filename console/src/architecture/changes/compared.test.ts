import { describe, expect, it } from 'vitest';
import { aboutOf, comparedIn, membersOf, monthsBefore, partsOf } from './compared.js';

describe('what is compared', () => {
  it('is the portfolio over the last quarter unless the address says otherwise', () => {
    expect(comparedIn(new URLSearchParams(), '2026-11-21')).toEqual({
      view: 'application-portfolio',
      from: '2026-08-21',
      to: 'now',
      clock: 'effective',
      change: null,
    });
    const said = new URLSearchParams(
      'view=capability-map&from=2019-01-01&clock=recorded&change=added',
    );
    expect(comparedIn(said, '2026-11-21')).toMatchObject({
      view: 'capability-map',
      from: '2019-01-01',
      clock: 'recorded',
      change: 'added',
    });
    expect(comparedIn(new URLSearchParams('clock=x&change=y'), '2026-11-21')).toMatchObject({
      clock: 'effective',
      change: null,
    });
  });

  it('goes back by months, to a day that there is', () => {
    expect(monthsBefore('2026-03-31', 1)).toBe('2026-02-28');
    expect(monthsBefore('2024-02-29', 12)).toBe('2023-02-28');
    expect(monthsBefore('2026-01-15', 3)).toBe('2025-10-15');
  });
});

describe('a document that changed', () => {
  it('is told by what changed in it, the stamps apart', () => {
    const fields = ['owner', 'version', 'updated_at'].map((field) => ({ field, from: 1, to: 2 }));
    const { told, stamps } = partsOf(fields);
    expect(told.map(({ field }) => field)).toEqual(['owner']);
    expect(stamps).toHaveLength(2);
  });

  it('lost and won members', () => {
    expect(membersOf(['a', 'b'], ['b', 'c'])).toEqual({ gone: ['a'], come: ['c'] });
    expect(membersOf(null, ['b'])).toBeNull();
    expect(membersOf([{ a: 1 }], [])).toBeNull();
  });

  it('leads to the aggregate that it is about', () => {
    const view = { resource: 'Server', sources: ['server', 'application'] };
    expect(aboutOf(view, { id: 's1' })).toEqual({ type: 'Server', id: 's1' });
    const services = { resource: null, sources: ['application'] };
    expect(aboutOf(services, { id: 'a', application_id: 'b' })).toMatchObject({ id: 'b' });
    expect(aboutOf(services, { id: 'a' })).toMatchObject({ type: 'Application', id: 'a' });
    expect(aboutOf({ resource: null, sources: ['application'] }, { month: '2020-01' })).toBeNull();
  });
});
