import { describe, expect, it } from 'vitest';
import { refuse } from '../../core/refusal.js';
import { problemOf } from './problem.js';

describe('a problem', () => {
  it('names so many mistakes, and counts the others', () => {
    const errors = Array.from({ length: 90_000 }, (_, n) => ({
      field: `data.a${n}`,
      message: 'unknown field',
      rule: 'UNKNOWN',
    }));
    const text = errors.map(({ field }) => field).join('; ');
    const refusal = refuse('VALIDATION_ERROR', text, { errors, details: { known: ['a'] } });
    const problem = problemOf(refusal, 't');
    expect(problem).toMatchObject({
      status: 422,
      code: 'VALIDATION_ERROR',
      errors: errors.slice(0, 100),
      details: { known: ['a'], errors_left_out: 89_900 },
    });
    expect(problem.message).toMatch(/^data\.a0; data\.a1; .* …$/);
    expect(JSON.stringify(problem).length).toBeLessThan(32_000);
  });

  it('that names few says all of them', () => {
    const errors = [{ field: 'data.a', message: 'unknown field', rule: 'UNKNOWN' }];
    const problem = problemOf(refuse('VALIDATION_ERROR', 'wrong', { errors }), 't');
    expect(problem).toMatchObject({ message: 'wrong', detail: 'wrong', errors });
    expect(problem).not.toHaveProperty('details');
  });

  it('tells so much of each mistake, and of what would help', () => {
    const errors = Array.from({ length: 100 }, () => ({
      field: 'f'.repeat(9_000),
      message: 'm'.repeat(9_000),
      rule: 'UNKNOWN',
    }));
    const details = { known: 'k'.repeat(900_000), errors_left_out: 7 };
    const problem = problemOf(
      refuse('VALIDATION_ERROR', 'x'.repeat(9_000), { errors, details }),
      't',
    );
    expect(JSON.stringify(problem).length).toBeLessThan(48_000);
    expect(problem.errors[0]!.field).toMatch(/^f{200} …$/);
    const left = problem.details?.errors_left_out as number;
    expect(left + problem.errors.length).toBe(107);
    expect(problem.details).toMatchObject({ details_left_out: true });
  });
});
