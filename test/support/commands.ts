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

/** Ask for an approval of commands on any aggregate, written `Application/DeleteApplication`, and give it. */
export const approved = (id: string, ...covered: readonly string[]) => {
  const covers = covered.map((one) => {
    const [aggregate_type, command_type] = one.split('/');
    return { aggregate_type, command_type };
  });
  const request = { title: `Change ${id}`, covers, reason: 'it was decided' };
  return [
    envelope('ChangeApproval', id, 'RequestApproval', request),
    { ...envelope('ChangeApproval', id, 'ApproveChange', {}), actor: 'change-board' },
  ] as const;
};
