/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;
export type Slug = 'application' | 'integration';

/** A command as it was sent, and for which teams whoever sent it may speak; null for all. */
export type Told = {
  readonly kind: 'command';
  readonly command_id: string;
  readonly command_type: string;
  readonly slug: Slug;
  readonly id: string;
  readonly data: Json;
  readonly expected_version: number | null;
  readonly teams: readonly string[] | null;
};

/** The moment that is asked about: now, what was recorded up to a message, or what was true then. */
export type At =
  | { readonly now: true; readonly min?: number }
  | { readonly as_of: number }
  | { readonly version: number }
  | { readonly effective_at: string };

/** What can be read of one thing, or of all. */
export type Read =
  | { readonly kind: 'document'; readonly slug: Slug; readonly id: string; readonly at: At }
  | { readonly kind: 'list'; readonly owner: string | null; readonly at: At }
  | { readonly kind: 'events'; readonly slug: Slug; readonly id: string }
  | { readonly kind: 'possible'; readonly slug: Slug; readonly id: string }
  | { readonly kind: 'history'; readonly slug: Slug; readonly id: string; readonly min?: number }
  | { readonly kind: 'diff'; readonly slug: Slug; readonly id: string; readonly from: number }
  /** An event stream from the first version on, followed until `version` came or time was over. */
  | {
      readonly kind: 'stream';
      readonly slug: Slug;
      readonly id: string;
      readonly version: number;
    };

export type Question = Told | Read;

/** What came back; status 0 when nothing did. */
export type Answer = {
  readonly status: number;
  /** Of problem details. */
  readonly code: string | null;
  readonly body: Json;
  /** What a header or the body says that it reflects. */
  readonly position: string | null;
  /** Whether what it was to wait for was reached; null when it does not say. */
  readonly reached: boolean | null;
};

/** A question with its answer, and when it began and ended: milliseconds of the monotonic clock. */
export type Entry<Q extends Question = Question> = {
  readonly question: Q;
  readonly answer: Answer;
  readonly begin: number;
  readonly end: number;
};

export const isTold = (entry: Entry): entry is Entry<Told> => entry.question.kind === 'command';

const SILENCE: Answer = { status: 0, code: null, body: {}, position: null, reached: null };

/** Everything that was asked, and what was answered: acknowledgements, refusals and reads. */
export class Ledger {
  readonly entries: Entry[] = [];

  /** Ask, and keep what came of it; a question without an answer is kept as one. */
  async ask(question: Question, asking: () => Promise<Answer>): Promise<Answer> {
    const begin = performance.now();
    const answer = await asking().catch((): Answer => SILENCE);
    this.entries.push({ question, answer, begin, end: performance.now() });
    return answer;
  }

  get commands(): number {
    return this.entries.filter(isTold).length;
  }
  get reads(): number {
    return this.entries.length - this.commands;
  }

  /** How often each was answered, such as `command 503 BUSY`. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { question, answer } of this.entries) {
      const { status, code, body } = answer;
      const replayed = body.replayed === true ? ' replayed' : '';
      const what = `${question.kind} ${status}${code === null ? '' : ` ${code}`}${replayed}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return Object.fromEntries(Object.entries(counts).sort());
  }
}
