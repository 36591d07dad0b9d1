/**
 * One thing that is wrong with one field. `rule` is REQUIRED, FORMAT, RANGE, ENUM, TOO_LONG, UNKNOWN,
 * READ_ONLY or REFERENCE.
 */
export type FieldError = {
  readonly field: string;
  readonly message: string;
  readonly rule: string;
};

/**
 * The domain says no: a value, never a throw. `code` is stable and for programs, `message` is for
 * people, `details` holds what would help a client to go on (what is allowed, who holds the name).
 */
export type Refusal = {
  readonly refused: string;
  readonly message: string;
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
  /** It would be allowed if something else in the system were otherwise: another holds the name. */
  readonly conflict?: true;
};

/**
 * Refuse a command.
 *
 * @example
 * refuse('SELF_REFERENCE', 'a capability cannot be its own parent')
 */
export const refuse = (
  refused: string,
  message: string,
  more: Omit<Refusal, 'refused' | 'message'> = {},
): Refusal => ({ refused, message, ...more });

/** Several refusals of one request as one: the code of the first, and all that is wrong. */
export const allOf = ([first, ...others]: readonly [Refusal, ...Refusal[]]): Refusal => {
  if (others.length === 0) return first;
  const all = [first, ...others];
  return {
    ...first,
    message: all.map(({ message }) => message).join('; '),
    errors: all.flatMap(({ errors = [] }) => errors),
  };
};

export const isRefusal = (value: object): value is Refusal => 'refused' in value;

/**
 * The machine is wrong, not the request: a handler that throws, a history that does not fit its
 * chart, a store that is gone. The actor stops; the rest lives.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
