import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { type Arrow, arrows } from '../../core/chart.js';
import { creates } from '../../core/command.js';
import { criticalEvents } from '../../core/critical.js';
import type { Projection } from '../../core/projection.js';

type Step = { readonly from: number; readonly to: number };

/** An event type: how it is read, where it comes from and who takes it. */
export type EventEntry = {
  readonly aggregate_type: string;
  readonly event_type: string;
  readonly summary: string | null;
  /** The version of its schema that is written; those that a stored one may have. */
  readonly version: number;
  readonly versions: readonly number[];
  readonly upcasters: readonly Step[];
  /** Whether all that was ever written can still be read; the versions that cannot. */
  readonly readable: boolean;
  readonly unreadable_versions: readonly number[];
  /** Changes with whatever shapes the folded state of its aggregate type. */
  readonly definition: string;
  /** Some command that writes it needs a justification; raises an audit alert. */
  readonly sensitive: boolean;
  readonly critical: boolean;
  /** Types of the commands that may write it. */
  readonly commands: readonly string[];
  readonly transitions: readonly Pick<Arrow, 'from' | 'to' | 'when'>[];
  /** Names of the projections that handle it. */
  readonly projections: readonly string[];
};

/** A command type: what it needs and what may come of it. */
export type CommandEntry = {
  readonly aggregate_type: string;
  readonly command_type: string;
  readonly summary: string | null;
  readonly aliases: readonly string[];
  readonly sensitive: boolean;
  readonly critical: boolean;
  readonly approval: boolean;
  /** It may be the first of an aggregate's life. */
  readonly creates: boolean;
  readonly roles: readonly string[];
  readonly emits: readonly string[];
};

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const eventEntries = (
  definition: Aggregate,
  projections: readonly Pick<Projection, 'name' | 'wants'>[],
): readonly EventEntry[] => {
  const critical = criticalEvents(definition);
  const all = arrows(definition.chart);
  const { name: aggregate_type, slug, hash } = definition;
  return Object.entries(definition.events).map(([event_type, { schema, version, upcast }]) => {
    const by = Object.entries(definition.commands).filter(([, { emits }]) =>
      emits.includes(event_type),
    );
    const upcasters = Object.keys(upcast).map((from) => ({ from: +from, to: +from + 1 }));
    // One step that is missing breaks all versions before it.
    const missing = range(1, version - 1).findLast((from) => !(from in upcast)) ?? 0;
    return {
      aggregate_type,
      event_type,
      summary: z.globalRegistry.get(schema)?.description ?? null,
      version,
      versions: range(1, version),
      upcasters,
      readable: missing === 0,
      unreadable_versions: range(1, missing),
      definition: hash,
      sensitive: by.some(([, { sensitive }]) => sensitive === true),
      critical: critical.has(event_type),
      commands: by.map(([type]) => type),
      transitions: all
        .filter(({ event }) => event === event_type)
        .map(({ event: _, ...arrow }) => arrow),
      projections: projections
        .filter(({ wants }) => wants(slug, event_type))
        .map(({ name }) => name),
    };
  });
};

const commandEntries = (definition: Aggregate): readonly CommandEntry[] =>
  Object.entries(definition.commands).map(([command_type, spec]) => ({
    aggregate_type: definition.name,
    command_type,
    summary: spec.summary ?? null,
    aliases: spec.aliases ?? [],
    sensitive: spec.sensitive ?? false,
    critical: spec.critical ?? false,
    approval: spec.approval ?? false,
    creates: creates(definition, spec),
    roles: spec.roles,
    emits: spec.emits,
  }));

/** Every event and command that there is, as the definitions say. */
export const catalogueOf = (
  definitions: readonly Aggregate[],
  projections: readonly Pick<Projection, 'name' | 'wants'>[],
) => ({
  events: definitions.flatMap((one) => eventEntries(one, projections)),
  commands: definitions.flatMap(commandEntries),
});
