import { expect, it } from 'vitest';
import type { Finding } from '../../api/wire.js';
import { verdict } from './verdict.js';

const found = (grade: Finding['grade']): Finding => ({
  code: 'CHAIN_BROKEN',
  grade,
  stream: 's',
  aggregate_id: null,
  sequence: null,
  what: '',
  todo: '',
});

it('is sound only when nothing was found', () => {
  expect(verdict([]).tone).toBe('good');
  expect(verdict([found('odd')])).toEqual({
    tone: 'warn',
    said: 'Nothing is lost or altered. 1 thing to know:',
  });
  expect(verdict([found('odd'), found('broken'), found('broken')])).toEqual({
    tone: 'bad',
    said: '2 things are broken, and 1 odd.',
  });
});
