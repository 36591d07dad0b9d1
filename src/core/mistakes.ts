import { type FieldError, type Refusal, refuse } from './refusal.js';

/** How much of a name that somebody made up is repeated to them, characters. */
export const NAME_SHOWN_MAX = 60;
/** Mistakes that one answer names; all are counted. */
export const ERRORS_MAX = 100;
/** Characters of its message. */
export const MESSAGE_CHARS_MAX = 4_000;

/** What is wrong with what somebody sent: so much of it in words, all of it in number. */
export class Mistakes {
  readonly #errors: FieldError[] = [];
  #leftOut = 0;

  /** `message` may cost something to find: it is only asked for where it is told. */
  add(field: string, message: string | (() => string), rule = 'FORMAT'): undefined {
    if (this.#errors.length >= ERRORS_MAX) this.#leftOut++;
    else
      this.#errors.push({
        field,
        message: typeof message === 'string' ? message : message(),
        rule,
      });
    return undefined;
  }

  get none(): boolean {
    return this.#errors.length === 0;
  }

  /** `lead` stands before what is wrong in the message. */
  refusal({
    code = 'VALIDATION_ERROR',
    lead = '',
    details,
  }: {
    readonly code?: string;
    readonly lead?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  } = {}): Refusal | undefined {
    if (this.none) return undefined;
    const left = this.#leftOut;
    return refuse(code, `${lead}${this.#inWords()}`, {
      errors: this.#errors,
      ...(left > 0 ? { details: { ...details, errors_left_out: left } } : details && { details }),
    });
  }

  /** As many as a message holds, and how many more there are. */
  #inWords(): string {
    const told: string[] = [];
    let chars = 0;
    for (const { field, message } of this.#errors) {
      const text = `${field.slice(0, NAME_SHOWN_MAX)}: ${message}`;
      chars += text.length;
      if (told.length > 0 && chars > MESSAGE_CHARS_MAX / 2) break;
      told.push(text);
    }
    const more = this.#errors.length + this.#leftOut - told.length;
    return more > 0 ? `${told.join('; ')}; and ${more} more` : told.join('; ');
  }
}
