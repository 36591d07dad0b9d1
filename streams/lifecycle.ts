import { Criticality, Lifecycle } from '../actors/shared.js';

/** The lifecycle that a status is; null before the creation and after the deletion. */
export const lifecycleOf = (status: string): Lifecycle | null =>
  Lifecycle.safeParse(status).data ?? null;

/** Whether it is, was or will be in use: retired software supports nothing. */
export const isCurrent = (lifecycle: Lifecycle | null): boolean =>
  lifecycle !== null && lifecycle !== 'retired';

/** The highest of some criticalities; null when none is known. */
export const highest = (all: readonly (Criticality | null)[]): Criticality | null =>
  Criticality.options.findLast((one) => all.includes(one)) ?? null;

type Supporting = { readonly lifecycle: Lifecycle; readonly criticality: Criticality | null };

/** How many applications there are per lifecycle, and how much hangs on those that are current. */
export const countByLifecycle = (all: readonly Supporting[]) => {
  const count = (wanted: Lifecycle) => all.filter(({ lifecycle }) => lifecycle === wanted).length;
  const current = all.filter(({ lifecycle }) => isCurrent(lifecycle));
  return {
    planned: count('planned'),
    active: count('active'),
    deprecated: count('deprecated'),
    retired: count('retired'),
    /** All but the retired ones. */
    current: current.length,
    max_criticality: highest(current.map(({ criticality }) => criticality)),
  };
};
export type LifecycleCounts = ReturnType<typeof countByLifecycle>;

/** The counts of two that have nothing in common. */
export const together = (a: LifecycleCounts, b: LifecycleCounts): LifecycleCounts => ({
  planned: a.planned + b.planned,
  active: a.active + b.active,
  deprecated: a.deprecated + b.deprecated,
  retired: a.retired + b.retired,
  current: a.current + b.current,
  max_criticality: highest([a.max_criticality, b.max_criticality]),
});
