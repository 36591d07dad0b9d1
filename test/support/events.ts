import { type EventRecord, seal } from '../../src/core/event.js';

export const KIND = { name: 'Lamp', slug: 'lamp' };
export const OTHER_KIND = { name: 'Fuse', slug: 'fuse' };

/** Sealed events of one aggregate, versions `from`.. , one command each. */
export const chain = (
  id: string,
  count: number,
  { from = 1, head = null as string | null, data = {} as Record<string, unknown> } = {},
): EventRecord[] => {
  const events: EventRecord[] = [];
  for (let version = from; version < from + count; version++)
    events.push(
      seal({
        event_id: crypto.randomUUID(),
        event_type: 'LampDimmed',
        event_version: 1,
        aggregate_type: KIND.name,
        aggregate_id: id,
        aggregate_version: version,
        event_timestamp: new Date(1_767_693_600_000 + version).toISOString(),
        actor: 'tester',
        actor_type: 'user',
        source: 'api',
        causation_id: crypto.randomUUID(),
        command_hash: 'c'.repeat(64),
        correlation_id: null,
        business_justification: null,
        approval_id: null,
        effective_at: null,
        traceparent: null,
        data: { level: version, ...data },
        previous_hash: events.at(-1)?.hash ?? head,
      }),
    );
  return events;
};
