import { inKeyedOrder, peopleKey } from '../src/core/people-key.js';
import { type Steps, sortedInSteps } from '../src/core/steps.js';

/** By name, as people look things up; those of one name by what tells them apart. */
export function* byName<T extends { readonly name: string }>(
  all: Iterable<T>,
  tell: (one: T) => string,
): Steps<readonly T[]> {
  const named = [];
  for (const one of all) {
    named.push({ one, text: one.name, key: peopleKey(one.name), told: tell(one) });
    yield;
  }
  const sorted = yield* sortedInSteps(
    named,
    (a, b) => inKeyedOrder(a, b) || (a.told < b.told ? -1 : a.told > b.told ? 1 : 0),
  );
  return sorted.map(({ one }) => one);
}
