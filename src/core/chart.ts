/**
 * Where an event leads: a status, `{}` (stays), or a branch on a literal field of the event:
 * `{ by: 'to_lifecycle', to: { active: 'active', retired: 'retired' } }`.
 */
export type Edge =
  | string
  | { readonly by?: undefined; readonly to?: undefined }
  | { readonly by: string; readonly to: Readonly<Record<string, string>> };

/**
 * The statechart as plain data: no guards, no actions, nothing that could make a replay differ.
 * Its transitions are domain events. `kind: 'deleted'` marks the status of a deleted aggregate.
 */
export type Chart = {
  readonly initial: string;
  readonly states: Readonly<
    Record<string, { readonly kind?: 'deleted'; readonly on?: Readonly<Record<string, Edge>> }>
  >;
};

/** One arrow of the picture. `when` is there on a branch: the value of the event's field. */
export type Arrow = {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly when?: { readonly field: string; readonly value: string };
};

/** The status an event leads to, or undefined when it does not fit. */
export const nextStatus = (
  chart: Chart,
  status: string,
  event: string,
  data: Readonly<Record<string, unknown>>,
): string | undefined => {
  const edge = chart.states[status]?.on?.[event];
  if (edge === undefined) return undefined;
  if (typeof edge === 'string') return edge;
  if (edge.by === undefined) return status;
  return edge.to[String(data[edge.by])];
};

/** The arrows that leave one status. */
export const arrowsFrom = (chart: Chart, from: string): readonly Arrow[] =>
  Object.entries(chart.states[from]?.on ?? {}).flatMap(([event, edge]): Arrow[] => {
    if (typeof edge === 'string') return [{ from, event, to: edge }];
    if (edge.by === undefined) return [{ from, event, to: from }];
    const { by: field, to } = edge;
    return Object.entries(to).map(([value, target]) => ({
      from,
      event,
      to: target,
      when: { field, value },
    }));
  });

/** All arrows of a chart, in the order it is written. */
export const arrows = (chart: Chart): readonly Arrow[] =>
  Object.keys(chart.states).flatMap((status) => arrowsFrom(chart, status));

/** What an aggregate in a status is to a caller: not there yet, there, or gone. */
export const presence = (chart: Chart, status: string): 'absent' | 'present' | 'deleted' => {
  if (status === chart.initial) return 'absent';
  return chart.states[status]?.kind === 'deleted' ? 'deleted' : 'present';
};
