import { given } from 'stele/testing';
import { describe, it } from 'vitest';
import { Book } from './lending.js';

const acquired = { type: 'BookAcquired', data: { title: 'Dune', shelfmark: 'PS 3558' } };
const lent = { type: 'BookLent', data: { borrower: 'ada', due: '2026-02-01' } };

describe('a book', () => {
  it('is lent until a day', () => {
    given(Book, acquired)
      .when({ type: 'LendBook', data: { borrower: 'ada', due: '2026-02-01' } })
      .then(lent);
  });

  it('is not lent until a day that is over', () => {
    given(Book, acquired)
      .and({ now: '2026-02-02T09:00:00.000Z' })
      .when({ type: 'LendBook', data: { borrower: 'ada', due: '2026-02-01' } })
      .thenRefused('DUE_IN_THE_PAST', /2026-02-01/);
  });

  it('comes back late', () => {
    given(Book, acquired, lent)
      .and({ now: '2026-02-04T09:00:00.000Z' })
      .when({ type: 'ReturnBook' })
      .then({ type: 'BookReturned', data: { borrower: 'ada', days_late: 3 } });
  });

  it('cannot be lent twice: the chart says so', () => {
    given(Book, acquired, lent)
      .when({ type: 'LendBook', data: { borrower: 'grace', due: '2026-03-01' } })
      .thenRefused('INVALID_LIFECYCLE_TRANSITION', /"lent"/);
  });

  it('is discarded with a justification only', () => {
    const discard = { type: 'DiscardBook', data: { reason: 'water damage' } };
    given(Book, acquired).when(discard).thenRefused('JUSTIFICATION_REQUIRED');
    given(Book, acquired)
      .when({ ...discard, business_justification: 'burst pipe, claim 7' })
      .then({ type: 'BookDiscarded', data: { reason: 'water damage' } });
  });
});
