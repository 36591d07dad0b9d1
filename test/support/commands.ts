export const uuid = (): string => crypto.randomUUID();

/** A full command envelope of requirement 000 §4. */
export const envelope = (
  aggregate_type: string,
  aggregate_id: string,
  command_type: string,
  data: Record<string, unknown>,
) => ({
  command_id: uuid(),
  command_type,
  aggregate_id,
  aggregate_type,
  actor: 'user-123',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
});

export const createApplication = (id: string, data: Record<string, unknown> = {}) =>
  envelope('Application', id, 'CreateApplication', {
    name: `App ${id}`,
    owner: 'Team Payments',
    data_classification: 'internal',
    ...data,
  });

export const createCapability = (id: string, data: Record<string, unknown> = {}) =>
  envelope('BusinessCapability', id, 'CreateCapability', { name: `Capability ${id}`, ...data });
