import { type FieldError, type Refusal, refuse } from '../core/refusal.js';

/** How much of a name that somebody made up is repeated to them, characters. */
export const NAME_SHOWN_MAX = 60;

/** What is wrong with a query, all of it. */
export class Mistakes {
  readonly #errors: FieldError[] = [];

  add(field: string, message: string, rule = 'FORMAT'): undefined {
    this.#errors.push({ field, message, rule });
    return undefined;
  }

  refusal(): Refusal | undefined {
    if (this.#errors.length === 0) return undefined;
    const text = this.#errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return refuse('VALIDATION_ERROR', text, { errors: this.#errors });
  }
}
