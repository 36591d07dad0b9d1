import type { Application } from '../actors/application/application.js';
import type { Lifecycle } from '../actors/shared.js';
import type { AnyEventOf } from '../src/core/projection.js';
import { lifecycleOf } from './lifecycle.js';

type Event = AnyEventOf<typeof Application>;
type Kind = 'services' | 'interfaces';

/** Parts that an event changed: what it did not touch is the same object as before. */
const changed = ({ before, after }: Event, kind: Kind): string[] =>
  Object.keys(after.data[kind]).filter((id) => before.data[kind][id] !== after.data[kind][id]);

/** Whether an event changed what every part shows of its application. */
const changedApplication = ({ before, after }: Event): boolean =>
  before.status !== after.status ||
  before.data.name !== after.data.name ||
  before.data.owner !== after.data.owner ||
  before.data.criticality !== after.data.criticality;

/** The services or interfaces of which an event makes new documents. */
export const concernedParts = (event: Event, kind: Kind): string[] =>
  changedApplication(event) ? Object.keys(event.after.data[kind]) : changed(event, kind);

/** The services that changed interfaces serve, or did so before. */
export const servedByChanged = (event: Event): string[] =>
  changed(event, 'interfaces').flatMap((id) =>
    [event.before, event.after].flatMap(({ data }) =>
      Object.hasOwn(data.interfaces, id) ? data.interfaces[id]!.serves_service_ids : [],
    ),
  );

/** Two applications cannot have the same part; should a log say so, the first by id counts. */
export const belongsElsewhere = (
  { application_id }: { readonly application_id: string },
  { aggregate_id }: Event,
): boolean => application_id !== '' && application_id < aggregate_id;

/** What a part shows of its application; a deleted one keeps its last lifecycle. */
export const ofApplication = (
  before: { readonly lifecycle: Lifecycle },
  { aggregate_id, after }: Event,
) => ({
  application_id: aggregate_id,
  application_name: after.data.name,
  owner: after.data.owner,
  criticality: after.data.criticality,
  lifecycle: lifecycleOf(after.status) ?? before.lifecycle,
  deleted: after.status === 'deleted',
});
