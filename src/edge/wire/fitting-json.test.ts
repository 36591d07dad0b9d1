import { describe, expect, it } from 'vitest';
import { fittingJson } from './fitting-json.js';

const event = (text: string) => ({ event_type: 'LampPut', data: { text } });
const one = { position: 'lamp:7', events: [event('ä'.repeat(10)), event('b')] };
const several = { position: 'lamp:9', commands: [one, { ...one, command_type: 'Rename' }] };
const NONE = { events: [], events_left_out: 2 };

describe('an answer to what was accepted', () => {
  it.each([one, several])('is whole as long as that fits, counted in bytes', (answer) => {
    const text = JSON.stringify(answer);
    const bytes = Buffer.byteLength(text);
    expect(bytes).toBeGreaterThan(text.length);
    expect(fittingJson(answer, bytes)).toBe(text);
    expect(fittingJson(answer, bytes - 1)).not.toBe(text);
  });

  it('else says all but the events, and that they were left out', () => {
    expect(JSON.parse(fittingJson(one, 10))).toEqual({ position: 'lamp:7', ...NONE });
    expect(JSON.parse(fittingJson(several, 10))).toEqual({
      position: 'lamp:9',
      commands: [
        { position: 'lamp:7', ...NONE },
        { position: 'lamp:7', command_type: 'Rename', ...NONE },
      ],
    });
  });

  it('also where no text can be so long', () => {
    const tooLong = () => 'x'.repeat(2 ** 30);
    expect(tooLong).toThrow(RangeError);
    const events = [event('a'), { toJSON: tooLong }];
    expect(JSON.parse(fittingJson({ events }, Number.MAX_SAFE_INTEGER))).toEqual(NONE);
  });
});
