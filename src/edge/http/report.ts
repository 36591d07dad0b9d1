import { mistakesOf } from '../../core/envelope.js';
import { Mistakes } from '../../core/mistakes.js';
import { choices } from '../../core/nearest.js';
import type { Projection, Report, View } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Reading } from '../../read/projector/projections.js';
import type { Document, DocumentReads } from '../../read/views/port.js';
import { problem } from './answer.js';
import { doneInTurns } from './done-in-turns.js';
import type { Gate } from './gate.js';
import { othersOf, whileHeld } from './hold.js';
import type { Ctx } from './http.js';
import { DOCUMENTS_PAGE, REPORT_DOCUMENTS_MAX } from './limits.js';
import { parametersOf } from './list-answer.js';
import { READ_PARAMETERS } from './list-query.js';
import { badQuery, refuseTooMany } from './query.js';
import {
  effectiveReadingFor,
  nowOf,
  type Reads,
  readingFor,
  reflectedAnswer,
  reflection,
} from './reflected.js';
import { requestContext } from './request-context.js';
import { notReported } from './served.js';
import { showDocuments } from './show-documents.js';
import { turnOf } from './turn-of.js';

/** How some documents are given to a report. */
type Giving = (documents: readonly Document[]) => Promise<readonly View[] | Refusal>;

/** All documents of a reading that is held, or the refusal that says that they are too many. */
const allDocuments = async (
  { projection, store, slot }: Reading<DocumentReads>,
  { given, turn }: { readonly given: Giving; readonly turn: () => Promise<void> },
): Promise<readonly View[] | Refusal> => {
  const count = await store.count(slot);
  if (count > REPORT_DOCUMENTS_MAX)
    return refuse(
      'TOO_MANY_DOCUMENTS',
      `${projection.name} has ${count} documents; a report looks at ${REPORT_DOCUMENTS_MAX} at most`,
      { details: { documents: count, most: REPORT_DOCUMENTS_MAX } },
    );
  const documents: View[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await store.pageByKey(slot, after, DOCUMENTS_PAGE);
    const some = await given(page);
    if (isRefusal(some)) return some;
    documents.push(...some);
    if (page.length < DOCUMENTS_PAGE) return documents;
    after = page.at(-1)!.key;
    await turn();
  }
};

type Params = Readonly<Record<string, unknown>>;

/** The parameters of a report, checked by its schema. In a record: it may have any field. */
const paramsOf = (
  { params: schema }: Report,
  given: URLSearchParams,
): { readonly params: Params } | Refusal => {
  const tooMany = refuseTooMany(given);
  if (tooMany) return tooMany;
  const mistakes = new Mistakes();
  const own = Object.keys(schema.shape);
  const known = [...own, ...READ_PARAMETERS];
  const texts = new Map<string, string>();
  for (const name of new Set(given.keys())) {
    const [value = '', ...more] = given.getAll(name);
    if (!known.includes(name))
      mistakes.add(name, () => `unknown parameter${choices(name, known, 'known:')}`, 'UNKNOWN');
    if (more.length > 0) mistakes.add(name, 'is said more than once');
    if (own.includes(name)) texts.set(name, value);
  }
  const wrong = mistakes.refusal();
  if (wrong) return wrong;
  const parsed = schema.safeParse(Object.fromEntries(texts), { reportInput: true });
  if (parsed.success) return { params: parsed.data as Params };
  return mistakesOf(parsed.error, '', own).refusal()!;
};

/** `GET /views/{name}/{report}`: what a report says of all documents. */
export const reportAnswer = async (
  c: Ctx,
  http: Reads,
  {
    projection,
    name,
    gate,
  }: { readonly projection: Projection; readonly name: string; readonly gate: Gate },
): Promise<Response> => {
  const report = projection.reports[name]!;
  const asked = paramsOf(report, parametersOf(c));
  if (isRefusal(asked)) return problem(c, asked);
  const clock = report.clock?.(asked.params);
  if (clock === 'recorded' && c.req.query('effective_at') !== undefined)
    return problem(c, badQuery('effective_at', 'does not go with clock=recorded'));
  const reads = clock === 'effective' ? effectiveReadingFor : readingFor;
  const reflected = await reads(c, http, projection);
  if (isRefusal(reflected)) return problem(c, reflected);
  const turn = turnOf(c, http);
  const computed = await gate.pass('reports and differences', requestContext(c).who, () =>
    whileHeld(http, reflected, {
      others: report.asShown ? othersOf(http, projection, { branches: [] }) : [],
      work: async (held) => {
        const not = notReported(held.reading);
        if (not) return not;
        const given: Giving = async (documents) => {
          if (!report.asShown) return documents.map(({ document }) => document);
          const told = await showDocuments(http, held, documents);
          return isRefusal(told) ? told : told.items;
        };
        const documents = await allDocuments(held.reading, { given, turn });
        if (isRefusal(documents)) return documents;
        const now = nowOf(http, held.moment);
        await turn();
        const said = await doneInTurns(report.answer(documents, asked.params, { now }), turn);
        return { said, held };
      },
    }),
  );
  if (isRefusal(computed)) return problem(c, computed);
  const body = {
    projection: projection.name,
    report: name,
    params: asked.params,
    answer: computed.said,
    ...reflection(computed.held),
  };
  return reflectedAnswer(c, computed.held, { body: JSON.stringify(body) });
};
