import { z } from 'zod';
import { Criticality, Lifecycle } from '../../actors/shared.js';
import type { ShowContext, View } from '../../src/core/projection.js';
import { sortedOnce } from '../contributions.js';
import { countByLifecycle } from '../lifecycle.js';
import { holdsOn, type Stated } from '../stated.js';

/** An application that supports a capability. */
export const Supporting = z.object({
  application_id: z.string(),
  name: z.string(),
  owner: z.string(),
  lifecycle: Lifecycle,
  criticality: Criticality.nullable(),
});
export type Supporting = z.output<typeof Supporting>;

const applicationOf = (application_id: unknown, name: unknown, of: View): Supporting | undefined =>
  Supporting.safeParse({ ...of, application_id, name }).data;

/** The application that a relation begins at: itself, or the one that offers the service. */
const behind = (
  { source_type, source_id }: Stated,
  related: ShowContext['related'],
): Supporting | undefined => {
  if (source_type === 'application') {
    const one = related('application-portfolio', source_id);
    return one && one.deleted !== true ? applicationOf(source_id, one.name, one) : undefined;
  }
  const one = related('application-services', source_id);
  if (!one || one.deleted === true || one.status !== 'offered') return undefined;
  return applicationOf(one.application_id, one.application_name, one);
};

/**
 * The applications that support a capability on a day, each once: whether they are assigned to it,
 * or a relation says so of them or of a service that they offer.
 */
export const supportOf = (
  {
    assigned,
    supports,
  }: { readonly assigned: readonly Supporting[]; readonly supports: readonly Stated[] },
  { day, related }: { readonly day: string; readonly related: ShowContext['related'] },
) => {
  const all = new Map(assigned.map((one) => [one.application_id, one]));
  for (const stated of supports) {
    const one = holdsOn(stated, day) ? behind(stated, related) : undefined;
    if (one && !all.has(one.application_id)) all.set(one.application_id, one);
  }
  const application_ids = sortedOnce([...all.keys()]);
  const applications = application_ids.map((id) => all.get(id)!);
  const { current, max_criticality } = countByLifecycle(applications);
  return {
    applications,
    application_ids,
    application_count: applications.length,
    current_application_count: current,
    max_criticality,
  };
};
