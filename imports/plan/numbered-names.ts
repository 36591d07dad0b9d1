import type { ModelElement } from '../model.js';
import { numbered } from './numbered.js';
import { placeOf } from './place-of.js';

/**
 * A name with one number after the other, for where it is taken. A number that was tried is taken
 * from then on: it is not tried again, also not for another name that is cut to the same.
 */
export class NumberedNames {
  /** What is tried next, by the place of the last number with so many digits. */
  readonly #next = new Map<string, number>();

  *of(
    { kind, name }: Pick<ModelElement, 'kind' | 'name'>,
    scope: string,
  ): Generator<{ readonly number: number; readonly name: string }> {
    for (let end = 10; ; end *= 10) {
      const last = placeOf(scope, numbered(name, end - 1, kind));
      const next = (): number => this.#next.get(last) ?? Math.max(2, end / 10);
      for (let number = next(); number < end; number = next()) {
        this.#next.set(last, number + 1);
        yield { number, name: numbered(name, number, kind) };
      }
    }
  }
}
