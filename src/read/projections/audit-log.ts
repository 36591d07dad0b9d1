import { z } from 'zod';
import type { Aggregate, State } from '../../core/aggregate.js';
import { presence } from '../../core/chart.js';
import { position } from '../../core/event.js';
import { markedPaths, redactor } from '../../core/marks.js';
import { type Origin, originOf } from '../../core/origin.js';
import { defineProjection, type Projection, type SomeEvent } from '../../core/projection.js';
import { changesBetween } from './changes.js';

/** What the values of personal fields read in the audit log. */
const PERSONAL = '[personal]';

const Text = z.string().default('');
const Perhaps = z.string().nullable().default(null);

const view = z.object({
  event_id: Text,
  event_type: Text,
  aggregate_type: Text,
  aggregate_id: Text,
  aggregate_version: z.number().default(0),
  position: Text,
  data: z.record(z.string(), z.unknown()).default({}),
  actor: Text,
  actor_type: Text,
  source: Text,
  recorded_at: Text,
  occurred_at: Text,
  effective_at: Perhaps,
  correlation_id: Perhaps,
  business_justification: Perhaps,
  approval_id: Perhaps,
  command_id: Text,
  command_type: Perhaps,
  command_types: z.array(z.string()).default([]),
  sensitive: z.boolean().default(false),
  critical: z.boolean().default(false),
  status: Text,
  fields: z.array(z.string()).default([]),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })).default([]),
});

type Mask<T> = (value: T) => T;

/** What is the same for all events of a definition, prepared once. */
type Auditing = {
  readonly origins: ReadonlyMap<string, Origin>;
  readonly maskEvent: ReadonlyMap<string, Mask<SomeEvent['data']>>;
  readonly maskState: Mask<State['data']>;
  readonly isFirst: (status: string) => boolean;
};

const auditing = (definition: Aggregate): Auditing => {
  const { events, data, chart } = definition;
  const types = Object.entries(events);
  return {
    origins: new Map(types.map(([type]) => [type, originOf(definition, type)])),
    maskEvent: new Map(
      types.map(([type, { schema }]) => [
        type,
        redactor(schema, ['personal'], PERSONAL) as Mask<SomeEvent['data']>,
      ]),
    ),
    maskState: redactor(data, ['personal'], PERSONAL) as Mask<State['data']>,
    isFirst: (status) => presence(chart, status) === 'absent',
  };
};

/** What of a definition shapes its entries beside its states: origins of events, what is masked. */
const shapingOf = (definition: Aggregate): unknown => ({
  personal: markedPaths(definition.data, ['personal']),
  events: Object.entries(definition.events).map(([type, { schema }]) => [
    originOf(definition, type),
    markedPaths(schema, ['personal']),
  ]),
});

/** The changes are found first and masked then: else a changed value would look like the old one. */
const maskedChanges = ({ before, after }: SomeEvent, { maskState, isFirst }: Auditing) => {
  const changes = changesBetween(isFirst(before.status) ? null : before, after);
  const mask = (field: string, value: unknown): unknown =>
    value === null ? null : maskState({ [field]: value })[field];
  return changes.map(({ field, from, to }) => ({
    field,
    from: mask(field, from),
    to: mask(field, to),
  }));
};

const entryOf = (event: SomeEvent, slug: string, known: Auditing): z.output<typeof view> => {
  const changes = maskedChanges(event, known);
  const origin = known.origins.get(event.event_type);
  return {
    event_id: event.event_id,
    event_type: event.event_type,
    aggregate_type: event.aggregate_type,
    aggregate_id: event.aggregate_id,
    aggregate_version: event.aggregate_version,
    position: position(slug, event.sequence),
    data: known.maskEvent.get(event.event_type)?.(event.data) ?? event.data,
    actor: event.actor,
    actor_type: event.actor_type,
    source: event.source,
    recorded_at: event.event_timestamp,
    occurred_at: event.occurred_at,
    effective_at: event.effective_at,
    correlation_id: event.correlation_id,
    business_justification: event.business_justification,
    approval_id: event.approval_id,
    command_id: event.causation_id,
    command_type: origin?.command_type ?? null,
    command_types: [...(origin?.command_types ?? [])],
    sensitive: origin?.sensitive ?? false,
    critical: origin?.critical ?? false,
    status: event.after.status,
    fields: changes.map(({ field }) => field),
    changes,
  };
};

/**
 * Who changed what, when, from where and why (REQ-019, AC-010): one document per event of all
 * definitions, with the fields that it changed. Values of personal fields read `[personal]`.
 */
export const auditLog = (definitions: readonly Aggregate[]): Projection =>
  defineProjection({
    name: 'audit-log',
    summary: 'Every event: who changed what, when, from where and why.',
    path: 'audit',
    permission: 'audit',
    view,
    indexed: [
      ...(['event_id', 'event_type', 'aggregate_type', 'aggregate_id'] as const),
      ...(['aggregate_version', 'actor', 'actor_type', 'source'] as const),
      ...(['recorded_at', 'occurred_at', 'correlation_id', 'approval_id'] as const),
      ...(['business_justification', 'command_id', 'command_type', 'command_types'] as const),
      ...(['sensitive', 'critical', 'status', 'fields'] as const),
    ],
    search: ['actor', 'business_justification', 'event_type', 'command_type'],
    sort: '-recorded_at,-aggregate_version',
    from: definitions,
    withState: true,
    documentIds: Object.fromEntries(
      definitions.map(({ name }) => [name, ({ event_id }: SomeEvent) => event_id]),
    ),
    on: Object.fromEntries(
      definitions.map((definition) => {
        const known = auditing(definition);
        const { name, slug } = definition;
        return [name, { '*': (_: unknown, event: SomeEvent) => entryOf(event, slug, known) }];
      }),
    ),
    madeFrom: definitions.map(shapingOf),
  });
