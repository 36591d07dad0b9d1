import type { Aggregate } from './aggregate.js';
import type { StoredEvent } from './event.js';
import { Fault } from './refusal.js';

/**
 * Data of a stored event in the form of the current schema.
 * @throws Fault UNKNOWN_EVENT, EVENT_FROM_THE_FUTURE or EVENT_UNREADABLE.
 */
export const upcast = (
  definition: Aggregate,
  type: string,
  storedVersion: number,
  data: unknown,
): Readonly<Record<string, unknown>> => {
  const spec = definition.events[type];
  if (!spec)
    throw new Fault(
      'UNKNOWN_EVENT',
      `${definition.name} has no event ${type}, but its history does`,
    );
  if (storedVersion > spec.version)
    throw new Fault(
      'EVENT_FROM_THE_FUTURE',
      `${definition.name}: ${type} was written at schema version ${storedVersion}, this program knows ${spec.version}; run the newer program`,
    );
  let current = data;
  for (let version = storedVersion; version < spec.version; version++)
    current = spec.upcast[version]!(current as Record<string, unknown>);
  const parsed = spec.schema.safeParse(current);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  throw new Fault(
    'EVENT_UNREADABLE',
    `${definition.name}: a stored ${type} does not match its schema at "${issue!.path.join('.')}": ${issue!.message}`,
  );
};

/**
 * An event in the form of today, where a definition is at hand; else as it is stored. Its hash is
 * that of what is stored.
 * @throws Fault as `upcast`
 */
export const inForm = (
  kind: Pick<Aggregate, 'name' | 'slug'> & Partial<Pick<Aggregate, 'events'>>,
  event: StoredEvent,
): StoredEvent => {
  if (kind.events === undefined) return event;
  const { event_type, event_version, data } = event;
  const today = upcast(kind as Aggregate, event_type, event_version, data);
  return { ...event, event_version: kind.events[event_type]!.version, data: today };
};
