import { describe, expect, it } from 'vitest';
import { readableLine } from './create-log.js';
import { eventLine, historyTable, streamPath } from './events-command.js';
import { paintFor } from './io.js';
import { clipped, count, table } from './table.js';

const plain = (_: unknown, text: string) => text;
const EVENT = {
  event_type: 'SwitchedOn',
  event_timestamp: '2026-01-06T10:00:00.000Z',
  aggregate_type: 'Lamp',
  aggregate_id: 'lamp-1',
  aggregate_version: 2,
  actor: 'ann',
  source: 'api',
  business_justification: 'it was\ndark',
  data: { level: 3 },
};

describe('what is shown', () => {
  it('a table is as wide as its cells, colours not counted', () => {
    const green = paintFor({ isTTY: true } as NodeJS.WriteStream, {});
    expect(
      table(
        ['A', 'B'],
        [
          ['1', green('green', 'x')],
          ['four', 'y'],
        ],
      ),
    ).toBe(`A     B\n1     ${green('green', 'x')}\nfour  y`);
  });

  it('colours are for terminals, and NO_COLOR turns them off', () => {
    const terminal = { isTTY: true } as NodeJS.WriteStream;
    const pipe = { isTTY: false } as NodeJS.WriteStream;
    expect(paintFor(terminal, {})('red', 'x')).not.toBe('x');
    expect(paintFor(terminal, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(paintFor(pipe, {})('red', 'x')).toBe('x');
  });

  it('numbers and long texts read well', () => {
    expect(count(1, 'command')).toBe('1 command');
    expect(count(12345, 'command')).toBe('12,345 commands');
    expect(clipped('one  two\nthree', 9)).toBe('one two …');
  });

  it('a history says what happened, who did it and why', () => {
    expect(historyTable([EVENT], plain)).toBe(
      'VERSION  TIME                      EVENT       ACTOR  WHY\n' +
        '2        2026-01-06T10:00:00.000Z  SwitchedOn  ann    it was dark',
    );
    expect(eventLine({ ...EVENT, business_justification: null }, plain)).toBe(
      '2026-01-06T10:00:00.000Z  SwitchedOn  Lamp lamp-1 v2  by ann  {"level":3}',
    );
  });

  it('a stream is asked for with every filter', () => {
    expect(streamPath({})).toBe('/events/stream');
    expect(streamPath({ actor: 'ada', source: 'api', correlation: 'c 1', critical: true })).toBe(
      '/events/stream?actor=ada&source=api&correlation_id=c+1&critical=true',
    );
    expect(streamPath({ type: ['lamp', 'fuse'], id: 'l-1', event: ['On'], from: 'lamp:4' })).toBe(
      '/events/stream?aggregate_type=lamp&aggregate_type=fuse&aggregate_id=l-1&event_type=On&from=lamp%3A4',
    );
  });

  it('a log line for people has the time, the level, the message, fields and the cause', () => {
    const line = { level: 40, time: 0, pid: 1, hostname: 'h', msg: 'careful', type: 'lamp' };
    expect(readableLine(JSON.stringify(line), plain)).toBe(
      '00:00:00.000 WARN  careful  type=lamp\n',
    );
    const failed = { ...line, level: 50, err: { code: 'E', message: 'm', stack: 'at x' } };
    expect(readableLine(JSON.stringify(failed), plain)).toBe(
      '00:00:00.000 ERROR careful  type=lamp\n  E: m\nat x\n',
    );
  });
});
