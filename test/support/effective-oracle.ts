/**
 * The simplest reading of the two clocks, for applications: no charts, no folds, nothing of what is
 * tested. Times in ms since 1970.
 */

export const LIFECYCLES = ['planned', 'active', 'deprecated', 'retired'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** Something that was recorded of an application. */
export type Fact = {
  readonly version: number;
  readonly recorded: number;
  /** When it was true in the world, if somebody said so. */
  readonly effective: number | null;
} & (
  | { readonly kind: 'created' | 'transitioned' | 'corrected'; readonly to: Lifecycle }
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'deleted' }
);

/** What an application is; undefined = there is none. */
export type Is = { readonly status: Lifecycle | 'deleted'; readonly owner: string } | undefined;

/** What it is after something; `misfit` when its lifecycle does not allow that. */
const after = (is: Is, fact: Fact): Is | 'misfit' => {
  if (is?.status === 'deleted') return 'misfit';
  if (fact.kind === 'created') return is ? 'misfit' : { status: fact.to, owner: 'it' };
  if (!is) return 'misfit';
  if (fact.kind === 'owner') return { ...is, owner: fact.owner };
  if (fact.kind === 'deleted') return { ...is, status: 'deleted' };
  const step = LIFECYCLES.indexOf(fact.to) - LIFECYCLES.indexOf(is.status as Lifecycle);
  return fact.kind === 'corrected' || step === 1 ? { ...is, status: fact.to } : 'misfit';
};

const foldOf = (facts: readonly Fact[]): Is | 'misfit' => {
  let is: Is;
  for (const fact of facts) {
    const next = after(is, fact);
    if (next === 'misfit') return 'misfit';
    is = next;
  }
  return is;
};

type Timed = { readonly fact: Fact; readonly at: number };

/** What is known, in the order of the world, and from when on each counts. */
const ordered = (known: readonly Fact[]): readonly Timed[] => {
  const timed = known.map((fact) => ({ fact, at: fact.effective ?? fact.recorded }));
  const byTime = [...timed].sort((a, b) => a.at - b.at || a.fact.version - b.fact.version);
  if (foldOf(byTime.map(({ fact }) => fact)) !== 'misfit') return byTime;
  return timed.map(({ fact }, index) => ({
    fact,
    at: Math.max(...timed.slice(0, index + 1).map(({ at }) => at)),
  }));
};

/** What the record said at a time: everything recorded by then, as it was recorded. */
export const recordedBy = (facts: readonly Fact[], asOf = Number.POSITIVE_INFINITY): Is =>
  foldOf(facts.filter(({ recorded }) => recorded <= asOf)) as Is;

/** What was true at a time, as it was known at another. */
export const trueAt = (
  facts: readonly Fact[],
  effectiveAt: number,
  asOf = Number.POSITIVE_INFINITY,
): Is => {
  const known = ordered(facts.filter(({ recorded }) => recorded <= asOf));
  return foldOf(known.flatMap(({ fact, at }) => (at <= effectiveAt ? [fact] : []))) as Is;
};

/** Every time at which anything may change in the world. */
export const turningPoints = (facts: readonly Fact[]): readonly number[] =>
  ordered(facts).map(({ at }) => at);

/** Whether nothing was recorded late and nothing is still to come: then both clocks say the same. */
export const isInOrder = (facts: readonly Fact[], now: number): boolean =>
  facts.every(({ effective, recorded }, index) => {
    const at = effective ?? recorded;
    const before = facts[index - 1];
    return at <= now && (!before || (before.effective ?? before.recorded) <= at);
  });
