import { describe, expect, it } from 'vitest';
import { RecentCommands } from './recent-commands.js';

describe('the latest command ids', () => {
  it('are known with their aggregate, the latest half at least, and no more than all', () => {
    const recent = new RecentCommands(7); // halves of four
    for (let n = 1; n <= 4; n++) recent.add(`${n}`, `lamp-${n}`);
    expect([1, 2, 3, 4].map((n) => recent.get(`${n}`))).toEqual(
      [1, 2, 3, 4].map((n) => `lamp-${n}`),
    );
    for (let n = 5; n <= 8; n++) recent.add(`${n}`, `lamp-${n}`);
    expect([recent.get('1'), recent.get('8')]).toEqual(['lamp-1', 'lamp-8']);
    recent.add('9', 'lamp-9');
    expect([recent.get('4'), recent.get('5'), recent.get('9')]).toEqual([
      undefined,
      'lamp-5',
      'lamp-9',
    ]);
  });
});
