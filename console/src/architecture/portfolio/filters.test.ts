import { describe, expect, it } from 'vitest';
import {
  filtersIn,
  filtersSaid,
  keptOf,
  noFilters,
  PORTFOLIO_FILTERS,
  ROADMAP_FILTERS,
  sentencesOf,
} from './filters.js';

const params = new URLSearchParams(
  'lifecycle=active&lifecycle=planned&capability_id.within=finance&sort=-name&as_of=2020-01-01',
);

describe('the filters of an address', () => {
  it('are those that the list knows, each with all of its values', () => {
    expect(filtersIn(params, PORTFOLIO_FILTERS)).toEqual({
      lifecycle: ['active', 'planned'],
      'capability_id.within': ['finance'],
    });
    expect(filtersSaid(filtersIn(params, PORTFOLIO_FILTERS))).toBe(3);
    expect(filtersSaid({})).toBe(0);
  });

  it('are only what that list knows', () => {
    const both = new URLSearchParams('server_ids=s1&slips.gte=1');
    expect(filtersIn(both, PORTFOLIO_FILTERS)).toEqual({ server_ids: ['s1'] });
    expect(filtersIn(both, ROADMAP_FILTERS)).toEqual({ 'slips.gte': ['1'] });
  });

  it('are said in words where no facet shows them', () => {
    const said = { lifecycle: ['active'], server_ids: ['a', 'b'], capability_id: ['null'] };
    expect(sentencesOf(said).map(({ says }) => says)).toEqual([
      'on server a or on server b',
      'without a capability',
    ]);
  });

  it('can all be taken away', () => {
    expect(Object.keys(noFilters())).toEqual(expect.arrayContaining(['lifecycle', 'search']));
    expect(noFilters()).not.toHaveProperty('sort');
  });

  it('are kept in a view with the order, not with the moment', () => {
    expect(keptOf(params, ['sort'])).toBe(
      'lifecycle=active&lifecycle=planned&capability_id.within=finance&sort=-name',
    );
  });
});
