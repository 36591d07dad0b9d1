import type { View } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { After, DocumentReads, ViewQuery } from '../../read/views/port.js';
import { headersFor, problem } from './answer.js';
import { placeOf } from './cursor.js';
import { fieldsOf, type Writing, writingOf } from './export-lines.js';
import { LINE_TYPES, type Lines, VARY } from './forms.js';
import { type Held, hold, othersOf } from './hold.js';
import type { Ctx, Http } from './http.js';
import { DOCUMENTS_PAGE } from './limits.js';
import type { ListQuery } from './list-query.js';
import {
  type NamedReference,
  namedReferences,
  withNameFields,
  withNames,
} from './reference-names.js';
import { nowOf, type Reads, type Reflected, reflectionHeaders } from './reflected.js';
import { requestContext } from './request-context.js';
import { resolveBranches } from './resolve-branches.js';
import { revalidateAccess } from './revalidate-access.js';
import { notServed } from './served.js';
import { showDocuments } from './show-documents.js';
import { turnOf } from './turn-of.js';

const DATE_CHARS = 10;

type Asked = {
  readonly held: Held;
  readonly references: readonly NamedReference[];
  readonly query: Pick<ViewQuery, 'where' | 'search' | 'sort'>;
};
/** Documents as readers get them, and where the next ones begin; null when these are the last. */
type Portion = { readonly items: readonly View[]; readonly after: After | null };

/** What comes next, from a place on. */
type Reader = (after: After | null) => Promise<Portion | Refusal>;

const readerOf =
  (http: Reads, { held, references, query }: Asked): Reader =>
  async (after) => {
    const { store, slot } = held.reading;
    const documents = await store.page(slot, {
      ...query,
      limit: DOCUMENTS_PAGE,
      ...(after && { after }),
    });
    const told = await showDocuments(http, held, documents);
    if (isRefusal(told)) return told;
    const items = await withNames(http, held, { references, documents: told.items });
    const whole = documents.length < DOCUMENTS_PAGE;
    // What is left is for the client to take: nobody need hold the documents for that.
    if (whole) await held.end();
    return { items, after: whole ? null : placeOf(query.sort, documents.at(-1)!) };
  };

type Sending = {
  readonly c: Ctx;
  readonly http: Http;
  readonly read: Reader;
  readonly writing: Writing;
  /** Told once, when it is over. */
  readonly onEnd: () => void;
};

/**
 * One file while it is sent. Documents are read when the client has taken those before, so that
 * never more than a portion is held, and none once it has gone. A client that takes nothing for
 * too long is cut off, and so is one that may no longer read.
 */
class Export {
  readonly body: ReadableStream<Uint8Array>;
  readonly #sending: Sending;
  #portion: Portion;
  #begun = false;
  #over = false;
  #stalled: NodeJS.Timeout | undefined;

  constructor(sending: Sending, first: Portion) {
    this.#sending = sending;
    this.#portion = first;
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: (to) => this.#pull(to).catch((error: unknown) => this.#cut(to, error)),
        cancel: () => this.#end(),
      },
      { highWaterMark: 0 }, // asked for only when the client has taken the rest
    );
  }

  async #pull(to: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(this.#stalled);
    const text = this.#begun ? await this.#more() : this.#begin();
    if (this.#over) return;
    if (text !== '') to.enqueue(Buffer.from(text));
    if (this.#portion.after) this.#stalled = this.#stallingOf(to);
    else {
      this.#end();
      to.close();
    }
  }

  #begin(): string {
    const { writing } = this.#sending;
    this.#begun = true;
    return writing.begin + writing.page(this.#portion.items);
  }

  async #more(): Promise<string> {
    const { c, http, read, writing } = this.#sending;
    await turnOf(c, http)();
    const ended = await revalidateAccess(c);
    if (ended) throw new Error(ended.message);
    const portion = await read(this.#portion.after);
    if (isRefusal(portion)) throw new Error(portion.message);
    this.#portion = portion;
    return writing.page(portion.items);
  }

  #stallingOf(to: ReadableStreamDefaultController<Uint8Array>): NodeJS.Timeout {
    const { stalledAfterMs } = this.#sending.http.limits;
    const why = `the client took nothing for ${stalledAfterMs / 1000} s`;
    return setTimeout(() => this.#cut(to, new Error(why)), stalledAfterMs);
  }

  /** A part must not look like the whole: the connection ends before the file does. */
  #cut(to: ReadableStreamDefaultController<Uint8Array>, err: unknown): void {
    if (this.#over) return;
    this.#end();
    const { c, http } = this.#sending;
    http.log.warn(
      { err, path: c.req.path, request_id: requestContext(c).requestId },
      'an export was cut',
    );
    const outgoing = c.env?.outgoing;
    if (outgoing) outgoing.destroy();
    else to.error(err);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#stalled);
    this.#sending.onEnd();
  }
}

/**
 * The whole list, everything that meets the filters, as a file of lines: as it was when it was
 * begun, however long the client takes within the time limit of a read transaction.
 */
export const exportAnswer = async (
  c: Ctx,
  http: Reads,
  {
    reflected,
    form,
    query,
  }: { readonly reflected: Reflected; readonly form: Lines; readonly query: ListQuery },
): Promise<Response> => {
  const { projection } = reflected.reading;
  const now = nowOf(http, reflected.moment);
  const headersOf = (of: Reflected<DocumentReads>): Record<string, string> => ({
    ...headersFor(c, LINE_TYPES[form]),
    ...reflectionHeaders(of),
    ...VARY,
    'cache-control': 'no-store',
    'content-disposition': `attachment; filename="${projection.name}-${now.slice(0, DATE_CHARS)}.${form}"`,
  });
  if (c.req.method === 'HEAD') return new Response(null, { headers: headersOf(reflected) });
  const inside = http.exports.enter('exports', requestContext(c).who);
  if (isRefusal(inside)) return problem(c, inside);
  let held: Held | undefined;
  let sent = false;
  const onEnd = (): void => {
    inside.leave();
    void held?.end();
  };
  try {
    const references = namedReferences(http, projection);
    const others =
      references.length > 0 ? http.projections.definitions : othersOf(http, projection, query);
    held = await hold(http, reflected, others);
    const not = notServed(held.reading, query);
    if (not) return problem(c, not);
    const where = await resolveBranches(http, held, query);
    if (isRefusal(where)) return problem(c, where);
    const read = readerOf(http, { held, references, query: { ...where, sort: query.sort } });
    // Whatever is wrong from the beginning is said as for any other answer.
    const first = await read(null);
    if (isRefusal(first)) return problem(c, first);
    const fields = withNameFields(fieldsOf(projection, now), references);
    const writing = writingOf(form, fields);
    const { body } = new Export({ c, http, read, writing, onEnd }, first);
    sent = true;
    return new Response(body, { headers: headersOf(held) });
  } finally {
    if (!sent) onEnd();
  }
};
