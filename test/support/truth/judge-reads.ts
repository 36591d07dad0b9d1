import type { At, Entry, Json, Read, Slug } from './ledger.js';
import { positionsIn, type Span, type Stand, type Truth } from './truth.js';

/** What is no answer, but says so. */
const NOT_NOW: ReadonlySet<string> = new Set([
  'STORE_UNAVAILABLE',
  'READ_STORE_UNAVAILABLE',
  'AS_OF_BUILDING',
  'BUSY',
]);

type Case<R extends Read = Read> = {
  readonly asked: R;
  readonly entry: Entry<Read>;
  readonly truth: Truth;
};
type Of<K extends Read['kind']> = Case<Extract<Read, { kind: K }>>;

const isMissing = ({ answer }: Entry): boolean => answer.status === 404;

/** What of a document or a status is compared with the log. */
const FIELDS = { application: ['name', 'owner'], integration: ['source_app_id', 'target_app_id'] };

/** The position of one stream that an answer says it reflects. */
const stated = ({ answer }: Entry, slug: string): number | undefined =>
  answer.position === null ? undefined : positionsIn(answer.position).get(slug);

/** Where a stream may have ended while the question was under way. */
const within = ({ entry, truth }: Case, slug: Slug): Span =>
  truth.span(slug, entry.begin, entry.end);

/**
 * What live documents may show: what they say, or later; never what was not there. Without a
 * position nobody could tell how old it is.
 */
const live = (one: Case, slug: Slug, min: number | undefined): Span | string => {
  const position = stated(one.entry, slug);
  const { high } = within(one, slug);
  if (position === undefined) return 'it does not say what it reflects';
  if (position > high) return `it reflects ${position}, and there were ${high} at most`;
  if (min !== undefined && position < min && one.entry.answer.reached !== false)
    return `it reflects ${position}, and does not say that ${min} was not reached`;
  return { low: position, high };
};

const isUntil =
  (until: string) =>
  ({ event }: Stand): boolean =>
    Date.parse(event.event_timestamp) <= Date.parse(until);

/** All that a document may have been at the moment that was asked about. */
const stands = (one: Of<'document'>): readonly (Stand | undefined)[] | string => {
  const { asked, truth } = one;
  const { slug, id, at } = asked;
  if ('as_of' in at) return [truth.standAt(slug, id, at.as_of)];
  if ('version' in at) {
    const { low, high } = within(one, slug);
    const wanted = truth.history(slug, id).find(({ version }) => version === at.version);
    if (!wanted || wanted.sequence > high) return [undefined];
    return wanted.sequence > low ? [undefined, wanted] : [wanted];
  }
  if ('effective_at' in at) {
    const { low, high } = within(one, slug);
    const counted = truth.history(slug, id).filter(isUntil(at.effective_at));
    const then = (end: number) => counted.findLast(({ sequence }) => sequence <= end);
    const later = counted.filter(({ sequence }) => sequence > low && sequence <= high);
    return [then(low), ...later];
  }
  const span = live(one, slug, at.min);
  return typeof span === 'string' ? span : truth.stands(slug, id, span);
};

const shows = (body: Json, fields: readonly string[], stand: Stand | undefined): boolean =>
  !!stand &&
  body.version === stand.version &&
  fields.every((field) => body[field] === stand.data[field]);

const document = (one: Of<'document'>): string | undefined => {
  const { asked, entry } = one;
  const possible = stands(one);
  if (typeof possible === 'string') return possible;
  const so = (stand: Stand | undefined): boolean =>
    isMissing(entry) ? stand === undefined : shows(entry.answer.body, FIELDS[asked.slug], stand);
  if (possible.some(so)) return undefined;
  const versions = possible.map((stand) => stand?.version ?? 0).join(', ');
  const { version } = entry.answer.body;
  return `${isMissing(entry) ? '404' : `version ${version}`}, and there were ${versions}`;
};

const counting = (at: At, end: number) => (event: { sequence: number; event_timestamp: string }) =>
  event.sequence <= end &&
  (!('effective_at' in at) || Date.parse(event.event_timestamp) <= Date.parse(at.effective_at));

/** A list now may have taken more than it says; one of another moment is of one point exactly. */
const listSpan = (one: Of<'list'>): Span | string => {
  const { at } = one.asked;
  if ('as_of' in at) return { low: at.as_of, high: at.as_of };
  if ('now' in at) return live(one, 'application', at.min);
  const position = stated(one.entry, 'application');
  const { low, high } = within(one, 'application');
  if (position === undefined) return 'it does not say what it reflects';
  if (position < low || position > high)
    return `it reflects ${position}, and there were ${low} to ${high}`;
  return { low: position, high: position };
};

const list = (one: Of<'list'>): string | undefined => {
  const { asked, entry, truth } = one;
  const span = listSpan(one);
  if (typeof span === 'string') return span;
  const { total } = entry.answer.body;
  const totals = truth
    .changesIn('application', span)
    .map((end) => truth.count(asked.owner, counting(asked.at, end)));
  return totals.includes(Number(total))
    ? undefined
    : `${total} were counted, and there were ${[...new Set(totals)].join(', ')}`;
};

/** All that an aggregate may have been while the question was under way. */
const current = (
  one: Case,
  { slug, id }: { readonly slug: Slug; readonly id: string },
): readonly (Stand | undefined)[] => one.truth.stands(slug, id, within(one, slug));

type Shown = readonly { readonly event_id: string }[];

/** Whether these are the events of a history from one version on, without a gap. */
const follow = (shown: Shown, history: readonly Stand[]): boolean =>
  shown.every(({ event_id }, index) => history[index]?.event.event_id === event_id);

const events = (one: Of<'events'>): string | undefined => {
  const { asked, entry, truth } = one;
  const possible = current(one, asked).map((stand) => stand?.version ?? 0);
  const shown = isMissing(entry) ? [] : (entry.answer.body.events as Shown);
  if (!follow(shown, truth.history(asked.slug, asked.id))) return 'other events stand there';
  return possible.includes(shown.length)
    ? undefined
    : `${shown.length} events, and there were ${possible.join(', ')}`;
};

const possible = (one: Of<'possible'>): string | undefined => {
  const { aggregate_version: version, status } = one.entry.answer.body;
  const all = current(one, one.asked);
  const so = (stand: Stand | undefined) =>
    (stand?.version ?? 0) === version && (stand?.status ?? 'absent') === status;
  return all.some(so)
    ? undefined
    : `${status} at ${version}, and there were ${all.map((stand) => stand?.version ?? 0).join(', ')}`;
};

const history = (one: Of<'history'>): string | undefined => {
  const { asked, entry, truth } = one;
  const { slug, id, min } = asked;
  // That there is none at all is asked of the log itself.
  const span = isMissing(entry) ? within(one, slug) : live(one, slug, min);
  if (typeof span === 'string') return span;
  const counts = truth.stands(slug, id, span).map((stand) => stand?.version ?? 0);
  const total = isMissing(entry) ? 0 : Number(entry.answer.body.total);
  return counts.includes(total)
    ? undefined
    : `${total} changes, and there were ${counts.join(', ')}`;
};

type End = { readonly aggregate_version: number } | null;

const diff = (one: Of<'diff'>): string | undefined => {
  const { asked, entry, truth } = one;
  const { slug, id, from: position } = asked;
  const all = current(one, asked).map((stand) => stand?.version ?? 0);
  if (isMissing(entry))
    return all.includes(0) ? undefined : `404, and there were versions ${all.join(', ')}`;
  const {
    from,
    to,
    events: shown,
  } = entry.answer.body as {
    from: End;
    to: End;
    events: Shown;
  };
  const before = truth.standAt(slug, id, position)?.version ?? 0;
  if ((from?.aggregate_version ?? 0) !== before)
    return `from version ${from?.aggregate_version}, and it was ${before}`;
  const now = to?.aggregate_version ?? 0;
  if (!all.includes(now)) return `to version ${now}, and there were ${all.join(', ')}`;
  const between = truth.history(slug, id).slice(before, now);
  const isWhole = shown.length === between.length && follow(shown, between);
  return isWhole ? undefined : `${shown.length} events of ${between.length} between the two`;
};

const stream = (one: Of<'stream'>): string | undefined => {
  const { asked, entry, truth } = one;
  const shown = entry.answer.body.events as Shown;
  if (!follow(shown, truth.history(asked.slug, asked.id))) return 'other events stand there';
  return shown.length >= asked.version
    ? undefined
    : `it brought ${shown.length} of ${asked.version} events and then none`;
};

const JUDGES = { document, list, events, possible, history, diff, stream };

/** Whether a read was not answered, and says so. */
export const isNotNow = ({ answer: { code } }: Entry): boolean =>
  code !== null && NOT_NOW.has(code);

/** Why an answer to a read is not true. */
export const judgeRead = (entry: Entry<Read>, truth: Truth): string | undefined => {
  if (isNotNow(entry)) return undefined;
  const { status, code } = entry.answer;
  if (status !== 200 && status !== 404) return `${status} ${code} is no answer to expect here`;
  const judge = JUDGES[entry.question.kind] as (one: Case) => string | undefined;
  return judge({ asked: entry.question, entry, truth });
};
