import type { Happened, Landscape } from '../../imports/importer.js';
import type { Aggregate } from '../core/aggregate.js';
import { presence } from '../core/chart.js';
import { Fault } from '../core/refusal.js';
import type { Runtime } from '../runtime/runtime.js';
import type { EventStore } from '../store/port.js';

/** The log itself as what a model is compared with: no read model could be behind. */
export const landscapeOf = (runtime: Runtime, store: Pick<EventStore, 'read'>): Landscape => {
  const definitionOf = (type: string): Aggregate => {
    const definition = runtime.registry.aggregate(type);
    if (definition) return definition;
    throw new Fault('UNKNOWN_AGGREGATE_TYPE', `an import names ${type}, which no definition is`);
  };
  return {
    state: async (type, id) => {
      const definition = definitionOf(type);
      const { status, data } = await runtime.state(definition, id);
      return { presence: presence(definition.chart, status), status, data };
    },
    events: async (type, id): Promise<readonly Happened[]> => store.read(definitionOf(type), id, 1),
    identity: (type, command_type, data) => {
      const definition = definitionOf(type);
      return runtime.registry.command(definition, command_type)?.spec.identity?.(data);
    },
  };
};
