import { describe, expect, it } from 'vitest';
import {
  filtersIn,
  filtersSaid,
  keptOf,
  noFilters,
  PORTFOLIO_FILTERS,
  ROADMAP_FILTERS,
  sentencesOf,
} from './filters-in.js';
import { questionsOn } from './questions-on.js';

const params = new URLSearchParams(
  'lifecycle=active&lifecycle=planned&capability_ids.within=finance&sort=-name&as_of=2020-01-01',
);

describe('the filters of an address', () => {
  it('are those that the list knows, each with all of its values', () => {
    expect(filtersIn(params, PORTFOLIO_FILTERS)).toEqual({
      lifecycle: ['active', 'planned'],
      'capability_ids.within': ['finance'],
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
    const said = { lifecycle: ['active'], server_ids: ['a', 'b'], capability_ids: ['null'] };
    expect(sentencesOf(said).map(({ says }) => says)).toEqual([
      'on server a or on server b',
      'without a capability',
    ]);
  });

  it('may be of assignments alone, in views that were kept', () => {
    const kept = filtersIn(new URLSearchParams('capability_id.within=pay'), ROADMAP_FILTERS);
    expect(sentencesOf(kept).map(({ says }) => says)).toEqual(['assigned to pay or below']);
  });

  it('are asked by questions that the list knows, whoever says what supports what', () => {
    const asked = questionsOn('2026-01-01').map(({ filters }) => filters);
    for (const name of asked.flatMap((one) => Object.keys(one)))
      expect(PORTFOLIO_FILTERS).toContain(name);
    expect(asked.at(-1)).toMatchObject({ capability_ids: ['null'] });
  });

  it('can all be taken away', () => {
    expect(Object.keys(noFilters())).toEqual(expect.arrayContaining(['lifecycle', 'search']));
    expect(noFilters()).not.toHaveProperty('sort');
  });

  it('are kept in a view with the order, not with the moment', () => {
    expect(keptOf(params, ['sort'])).toBe(
      'lifecycle=active&lifecycle=planned&capability_ids.within=finance&sort=-name',
    );
  });
});
