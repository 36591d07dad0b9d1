/** One thing that is wrong with one field. */
export type FieldProblem = {
  readonly field: string;
  readonly message: string;
  readonly rule: string;
};

/** What an answer that is not an acceptance says (RFC 9457). */
export type ProblemBody = {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly trace_id?: string;
  readonly errors?: readonly FieldProblem[];
  readonly details?: Readonly<Record<string, unknown>>;
};

/** A request was refused, or could not be answered. `code` is stable. */
export class SteleProblem extends Error {
  override readonly name = 'SteleProblem';
  readonly code: string;
  readonly status: number;
  /** For support. */
  readonly trace_id: string | null;
  readonly errors: readonly FieldProblem[];
  /** What would help to go on. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, status, message, trace_id, errors, details }: ProblemBody) {
    super(message);
    this.code = code;
    this.status = status;
    this.trace_id = trace_id ?? null;
    this.errors = errors ?? [];
    this.details = details ?? {};
  }
}

const isProblem = (body: unknown): body is ProblemBody =>
  typeof body === 'object' && body !== null && typeof (body as ProblemBody).code === 'string';

/** The problem that an answer tells, whoever gave it: a proxy has no code. */
export const problemIn = async (response: Response): Promise<SteleProblem> => {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  return new SteleProblem(
    isProblem(body)
      ? { ...body, status }
      : { code: 'UNEXPECTED', status, message: `the answer was ${status}, and not from Stele` },
  );
};
