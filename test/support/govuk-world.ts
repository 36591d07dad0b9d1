import type { State } from '../../src/core/aggregate.js';
import type { StoredEvent } from '../../src/core/event.js';
import { replay } from '../../src/core/fold.js';
import type { Registry } from '../../src/core/registry.js';
import type { Portfolio, Row } from './govuk-oracle.js';

/** Folds events in the order they are taken in, and shows the portfolio at each moment. */
export class GovukWorld {
  readonly #states = new Map<string, State>();
  readonly #registry: Registry;
  constructor(registry: Registry) {
    this.#registry = registry;
  }
  take(event: StoredEvent): void {
    const definition = this.#registry.aggregate(event.aggregate_type)!;
    const key = `${definition.slug}/${event.aggregate_id}`;
    this.#states.set(key, replay(definition, this.#states.get(key) ?? definition.initial, event));
  }
  portfolio(): Portfolio {
    const rows = new Map<string, Row>();
    for (const [key, { status, data }] of this.#states) {
      if (!key.startsWith('application/') || status === 'deleted') continue;
      const capability = data.capability_id as string | null;
      const deployments = data.deployments as readonly { server_id: string }[];
      rows.set(data.name as string, {
        owner: data.owner === 'unassigned' ? null : (data.owner as string),
        type: capability === null ? null : this.#text('business-capability', capability, 'name'),
        hosting: deployments.map(({ server_id }) => this.#text('server', server_id, 'hostname')),
        retired: status === 'retired',
      });
    }
    return rows;
  }
  #text(slug: string, id: string, field: string): string {
    return this.#states.get(`${slug}/${id}`)?.data[field] as string;
  }
}
