/** Two days and a clock: what is compared. */
export type Compared = {
  readonly view: string;
  readonly from: string;
  readonly to: string;
  readonly clock: 'recorded' | 'effective';
  readonly change: ChangeKind | null;
};
export const CHANGES = ['added', 'removed', 'changed'] as const;
export type ChangeKind = (typeof CHANGES)[number];

const DEFAULT_VIEW = 'application-portfolio';
const DATE_CHARS = 'YYYY-MM-DD'.length;
export const dayOf = (at: Date): string => at.toISOString().slice(0, DATE_CHARS);

/** A day some months before another; the last of its month where that one is shorter. */
export const monthsBefore = (today: string, months: number): string => {
  const day = new Date(`${today}T12:00:00Z`);
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months, 1, 12));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0, 12));
  first.setUTCDate(Math.min(day.getUTCDate(), last.getUTCDate()));
  return dayOf(first);
};

/** Stretches until today that are asked for most. */
export const PRESETS = [
  { label: 'Last month', months: 1 },
  { label: 'Last quarter', months: 3 },
  { label: 'Last year', months: 12 },
  { label: 'Last five years', months: 60 },
] as const;

/** What the address asks to compare: the last quarter unless it says otherwise. */
export const comparedIn = (params: URLSearchParams, today: string): Compared => ({
  view: params.get('view') ?? DEFAULT_VIEW,
  from: params.get('from') ?? monthsBefore(today, 3),
  to: params.get('to') ?? 'now',
  clock: params.get('clock') === 'recorded' ? 'recorded' : 'effective',
  change: CHANGES.find((one) => one === params.get('change')) ?? null,
});

/** Fields that are different after any event: when, by whom, and how often. */
const STAMPS: ReadonlySet<string> = new Set([
  'version',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'occurred_at',
]);

export type FieldChange = { readonly field: string; readonly from: unknown; readonly to: unknown };

/** What somebody reads, apart from the stamps that any event leaves. */
export const partsOf = (fields: readonly FieldChange[]) => ({
  told: fields.filter(({ field }) => !STAMPS.has(field)),
  stamps: fields.filter(({ field }) => STAMPS.has(field)),
});

export type Document = Readonly<Record<string, unknown>>;
/** Members that came and went, where both sides are lists of texts. */
export const membersOf = (from: unknown, to: unknown) => {
  const isTexts = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (!isTexts(from) || !isTexts(to)) return null;
  return {
    gone: from.filter((one) => !to.includes(one)),
    come: to.filter((one) => !from.includes(one)),
  };
};

/** The aggregate that a document is about, where it is about one. */
export const aboutOf = (
  view: { readonly resource: string | null; readonly sources: readonly string[] },
  document: Document,
): { readonly type: string; readonly id: string } | null => {
  const { id, application_id, source_type } = document;
  if (view.resource !== null && typeof id === 'string') return { type: view.resource, id };
  if (typeof application_id === 'string') return { type: 'Application', id: application_id };
  const only = view.sources.length === 1 ? view.sources[0] : undefined;
  if (only === 'application' && typeof id === 'string' && source_type === undefined)
    return { type: 'Application', id };
  return null;
};
