import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlOf, natsOf } from './request.js';
import { shapeOf } from './shape-of.js';
import { possibleFrom, stepsFrom } from './steps-from.js';
import { wordsOf } from './words-of.js';

describe('a command to copy', () => {
  const request = {
    server: 'http://stele.test',
    type: 'GardenShed',
    plural: 'garden-sheds',
    id: 's 1',
    command: 'PaintDoor',
    version: 7,
    body: { data: { colour: "it's $HOME `red`" } },
  };
  /** What a shell makes of a line: its words. */
  const words = (line: string): readonly string[] =>
    execFileSync('sh', ['-c', `set -- ${line}; for one; do printf '%s\\0' "$one"; done`], {
      env: { STELE_KEY: 'from-the-environment' },
      encoding: 'utf8',
    })
      .split('\0')
      .slice(0, -1);

  it('is the same request for curl, whatever was typed in', () => {
    expect(words(curlOf(request))).toEqual([
      'curl',
      '-X',
      'POST',
      'http://stele.test/garden-sheds/s%201/commands/paint-door',
      '-H',
      'X-Api-Key: from-the-environment',
      '-H',
      'content-type: application/json',
      '-H',
      'If-Match: "7"',
      '-d',
      JSON.stringify(request.body),
    ]);
  });

  it('and for NATS', () => {
    expect(words(natsOf(request))).toEqual([
      'nats',
      'request',
      'cmd.garden-shed.PaintDoor',
      '-H',
      'X-Api-Key: from-the-environment',
      JSON.stringify({ aggregate_id: 's 1', expected_version: 7, ...request.body }),
    ]);
  });
});

describe('where events would lead', () => {
  const when = (value: string) => ({ field: 'to', value });
  const arrows = [
    { from: 'new', event: 'Painted', to: 'new' },
    { from: 'new', event: 'Moved', to: 'open', when: when('open') },
    { from: 'new', event: 'Moved', to: 'shut', when: when('shut') },
    { from: 'shut', event: 'Burnt', to: 'gone' },
  ];
  it('follows the arrows of the chart, one after another, by the value they branch on', () => {
    const events = [
      { event_type: 'Painted', data: {} },
      { event_type: 'Moved', data: { to: 'shut' } },
      { event_type: 'Burnt', data: {} },
    ];
    expect(stepsFrom({ arrows }, 'new', events).map(({ to }) => to)).toEqual([
      'new',
      'shut',
      'gone',
    ]);
    expect(stepsFrom({ arrows }, 'open', events)).toEqual([]);
  });
});

describe('what can be chosen of a form', () => {
  const when = (value: string) => ({ field: 'to', value });
  const states = ['new', 'open', 'shut'].map((name) => ({ name }));
  const machine = {
    states,
    arrows: [
      { from: 'new', event: 'Moved', to: 'open', when: when('open') },
      { from: 'open', event: 'Moved', to: 'shut', when: when('shut') },
      { from: 'open', event: 'Painted', to: 'open' },
    ],
  } as unknown as Parameters<typeof possibleFrom>[0];
  const shape = shapeOf({
    type: 'object',
    properties: {
      target: { type: 'string', enum: ['new', 'open', 'shut'] },
      colour: { type: 'string', enum: ['red', 'new'] },
    },
  });
  const impossible = (status: string, emits: readonly string[]) => {
    const found = possibleFrom(machine, status, { shape, emits });
    return found.kind === 'object' ? found.fields.map((one) => one.shape) : [];
  };
  it('are the statuses that the chart lets follow, and whatever is no status', () => {
    expect(impossible('new', ['Moved'])).toMatchObject([{ impossible: ['new', 'shut'] }, {}]);
    expect(impossible('new', ['Moved'])[1]).not.toHaveProperty('impossible');
    expect(impossible('open', ['Moved'])).toMatchObject([{ impossible: ['new', 'open'] }, {}]);
  });
  it('is everything where the chart does not say', () => {
    expect(impossible('open', ['Moved', 'Painted'])[0]).not.toHaveProperty('impossible');
    expect(impossible('shut', ['Moved'])[0]).not.toHaveProperty('impossible');
  });
});

describe('a field', () => {
  it('has a name to read', () => {
    expect(wordsOf('SetDataClassification')).toBe('Set data classification');
    expect(wordsOf('sunset_date')).toBe('Sunset date');
  });
});
