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

/** Not now: too many requests, the node or its stores are not there, or nobody answered (0). */
const NOT_NOW: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
/** Said by the answer itself, and no reason to send the same again. */
const FINAL: ReadonlySet<string> = new Set(['ALERT_NOT_DELIVERED']);

/** A request was refused, or could not be answered. `code` is stable. */
export class SteleProblem extends Error {
  override readonly name: string = 'SteleProblem';
  readonly code: string;
  /** Of the answer; 0 when none came. */
  readonly status: number;
  /** For support. */
  readonly trace_id: string | null;
  readonly errors: readonly FieldProblem[];
  /** What would help to go on. */
  readonly details: Readonly<Record<string, unknown>>;
  /** As it came. */
  readonly body: ProblemBody;

  constructor(body: ProblemBody, options?: ErrorOptions) {
    super(body.message, options);
    this.body = body;
    this.code = body.code;
    this.status = body.status;
    this.trace_id = body.trace_id ?? null;
    this.errors = body.errors ?? [];
    this.details = body.details ?? {};
  }
}

/** Whether nothing is wrong with the request itself: the same may be answered later. */
export const isNotNow = (error: unknown): error is SteleProblem =>
  error instanceof SteleProblem && NOT_NOW.has(error.status) && !FINAL.has(error.code);

/** Whatever answers may leave out of a problem what Stele always says. */
type AnyProblem = { readonly code: string } & Partial<ProblemBody> & {
    readonly detail?: string;
    readonly title?: string;
  };
const isProblem = (body: unknown): body is AnyProblem =>
  typeof body === 'object' && body !== null && typeof (body as AnyProblem).code === 'string';

/** The problem that an answer tells, whoever gave it: a proxy has no code. */
export const problemIn = async (response: Response): Promise<SteleProblem> => {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  if (!isProblem(body)) return foreignProblem(status);
  const message = body.message ?? body.detail ?? body.title ?? 'no message came with it';
  return new SteleProblem({ ...body, status, message });
};

/** What answers is something else. */
export const foreignProblem = (status: number): SteleProblem => {
  const message = `the answer was ${status}, and not from Stele`;
  return new SteleProblem({ code: 'UNEXPECTED', status, message });
};
