import { describe, expect, it } from 'vitest';
import { type StreamSafety, unfitStreamFields } from './unfit-stream-fields.js';

const wanted: StreamSafety = {
  allow_atomic: true,
  allow_direct: true,
  deny_delete: true,
  deny_purge: true,
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  max_age: 0,
};

describe('the stream settings that safety rests on', () => {
  it('finds nothing when all of them took', () => {
    expect(unfitStreamFields(wanted, { ...wanted })).toEqual([]);
  });

  it('names a setting that an old server dropped', () => {
    const { allow_atomic: _, ...dropped } = wanted;
    expect(unfitStreamFields(wanted, dropped)).toEqual([
      { field: 'allow_atomic', wanted: true, actual: false, fix: expect.stringMatching(/newer/) },
    ]);
  });

  it.each([
    ['allow_direct', false],
    ['deny_delete', false],
    ['deny_purge', false],
    ['storage', 'memory'],
    ['retention', 'workqueue'],
    ['discard', 'old'],
    ['max_age', 1_000_000_000],
    ['max_msgs_per_subject', 1],
    ['max_msg_size', 100],
    ['no_ack', true],
    ['persist_mode', 'async'],
    ['max_msgs', 100],
    ['sealed', true],
  ])('names %s when it is %s, with a way out', (field, actual) => {
    const unfit = unfitStreamFields(wanted, { ...wanted, [field]: actual });
    expect(unfit).toHaveLength(1);
    expect(unfit[0]).toMatchObject({ field, actual });
    expect(unfit[0]!.fix.length).toBeGreaterThan(30);
  });

  it('names what would put events elsewhere, or others among them', () => {
    const elsewhere = { src: 'evt.a.*', dest: 'other.a' };
    const strange = {
      subject_transform: elsewhere,
      sources: [{ name: 'B' }],
      mirror: { name: 'C' },
    };
    expect(unfitStreamFields(wanted, { ...wanted, ...strange })).toMatchObject([
      { field: 'subject_transform', wanted: 'none', actual: JSON.stringify(elsewhere) },
      { field: 'sources', wanted: 'none', actual: '{"name":"B"}' },
      { field: 'mirror', wanted: 'none', actual: '{"name":"C"}' },
    ]);
    expect(unfitStreamFields(wanted, { ...wanted, sources: [] })).toEqual([]);
  });

  it('checks expiry and asynchronous persistence even when the wish is silent', () => {
    const unfit = unfitStreamFields({}, { max_age: 5, persist_mode: 'async', discard: 'old' });
    expect(unfit.map((u) => u.field)).toEqual(['max_age', 'persist_mode']);
  });

  it('compares subjects in whichever order they come, and names one that is gone', () => {
    const both = { ...wanted, subjects: ['evt.a.*', 'claim.a.>'] };
    expect(unfitStreamFields(both, { ...both, subjects: both.subjects.toReversed() })).toEqual([]);
    expect(unfitStreamFields(both, { ...both, subjects: ['evt.a.*'] })).toMatchObject([
      { field: 'subjects', wanted: 'claim.a.>, evt.a.*', actual: 'evt.a.*' },
    ]);
  });

  it('takes an empty persist_mode for the default, as the server sends it', () => {
    expect(unfitStreamFields(wanted, { ...wanted, persist_mode: '' })).toEqual([]);
  });
});
