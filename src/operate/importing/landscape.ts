import type { Aggregate } from '../../core/aggregate.js';
import { presence } from '../../core/chart.js';
import { Fault } from '../../core/refusal.js';
import { claimKey } from '../../write/runtime/claim-changes.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Happened, Landscape } from './importer.js';

/**
 * The log itself as what a model is compared with: no read model could be behind. Whoever compares
 * asks it all the time, and so ends soon after the signal, with its reason.
 */
export const landscapeOf = (
  runtime: Runtime,
  store: Pick<EventStore, 'read' | 'claims'>,
  signal: AbortSignal,
): Landscape => {
  const definitionOf = (type: string): Aggregate => {
    const definition = runtime.registry.aggregate(type);
    if (definition) return definition;
    throw new Fault('UNKNOWN_AGGREGATE_TYPE', `an import names ${type}, which no definition is`);
  };
  return {
    state: async (type, id) => {
      signal.throwIfAborted();
      const definition = definitionOf(type);
      const { status, data } = await runtime.state(definition, id);
      return { presence: presence(definition.chart, status), status, data };
    },
    events: async (type, id): Promise<readonly Happened[]> => {
      signal.throwIfAborted();
      return store.read(definitionOf(type), id, 1);
    },
    holder: async (type, data) => {
      signal.throwIfAborted();
      const definition = definitionOf(type);
      const { initial, chart } = definition;
      const status = Object.keys(chart.states).find((one) => presence(chart, one) === 'present');
      const state = { status: status!, data: { ...initial.data, ...data } };
      const keys = Object.entries(definition.claims).flatMap(([scope, { key }]) => {
        const label = key(state);
        return label === null ? [] : [{ scope, key: claimKey(label) }];
      });
      const held = keys.length === 0 ? [] : await store.claims(definition, keys);
      return held.find(({ holder }) => holder !== null)?.holder ?? undefined;
    },
    identity: (type, command_type, data) => {
      const definition = definitionOf(type);
      return runtime.registry.command(definition, command_type)?.spec.identity?.(data);
    },
  };
};
