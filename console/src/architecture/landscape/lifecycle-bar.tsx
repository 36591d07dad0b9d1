/** How many applications are in which lifecycle, and how much hangs on those that are not retired. */
export type Counts = {
  readonly planned: number;
  readonly active: number;
  readonly deprecated: number;
  readonly retired: number;
  readonly current: number;
  readonly max_criticality: string | null;
};

export const LIFECYCLES = ['planned', 'active', 'deprecated', 'retired'] as const;

/** `2 planned, 7 active`; `none` when there are none. */
export const lifecycleWords = (counts: Counts): string =>
  LIFECYCLES.filter((one) => counts[one] > 0)
    .map((one) => `${counts[one].toLocaleString('en')} ${one}`)
    .join(', ') || 'none';

/** The shares of the lifecycles as one bar; its words are its text alternative. */
export const LifecycleBar = ({ counts }: { readonly counts: Counts }) => (
  <span
    className="life-bar"
    role="img"
    aria-label={lifecycleWords(counts)}
    title={lifecycleWords(counts)}
  >
    {LIFECYCLES.filter((one) => counts[one] > 0).map((one) => (
      <span key={one} className={`life-${one}`} style={{ flexGrow: counts[one] }} />
    ))}
  </span>
);
