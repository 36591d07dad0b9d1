import type { Touched } from '../../imports/importer.js';
import { type Refusal, refuse } from '../core/refusal.js';
import type { Projections, Reading } from '../projector/projections.js';
import type { EventStore } from '../store/port.js';
import type { Condition } from '../views/port.js';
import { AUDIT_PAGE, AUDIT_WITHIN_MS } from './limits.js';

const AUDIT_LOG = 'audit-log';

/** An import as the audit log tells it. */
export type PastImport = {
  readonly import_id: string;
  readonly events: number;
  readonly first_at: string;
  readonly last_at: string;
  readonly actor: string;
  readonly because: string | null;
};

/** What the audit log knows of imports, by correlation id. Every question waits until it has everything. */
export type ImportLog = {
  /** Refused when the audit log does not catch up in time. */
  ready(): Promise<Refusal | undefined>;
  has(correlation_id: string): Promise<boolean>;
  /** The aggregates that events with these correlation ids are about, each once. */
  touched(correlation_ids: readonly string[]): Promise<readonly Touched[]>;
  /** Correlation ids of all imports. */
  ids(): Promise<readonly { readonly id: string; readonly events: number }[]>;
  one(correlation_id: string, events: number): Promise<PastImport>;
};

type Entry = Touched & {
  readonly recorded_at: string;
  readonly actor: string;
  readonly business_justification: string | null;
};

/** The imports of a node that has a read side. */
export const importLog = (projections: Projections, store: Pick<EventStore, 'ends'>): ImportLog => {
  const reading = (): Promise<Reading> => projections.reading(AUDIT_LOG);
  /** Anybody may write under any correlation id; as an import, those alone who may import. */
  const imported: Condition = { column: 'source', op: 'in', values: ['import'] };
  const correlated = (ids: readonly string[]): Condition[] => [
    imported,
    { column: 'correlation_id', op: 'in', values: ids },
  ];
  const edge = async (id: string, descending: boolean): Promise<Entry> => {
    const { store: views, slot } = await reading();
    const sort = [{ column: 'recorded_at', descending }];
    const { documents } = await views.find(slot, { where: correlated([id]), sort, limit: 1 });
    return documents[0]!.document as Entry;
  };
  return {
    ready: async () => {
      const definition = projections.definitions.find(({ name }) => name === AUDIT_LOG)!;
      const ends = await Promise.all(
        definition.sources.map(async ({ slug, definition: kind }) => {
          const { last } = await store.ends(kind ?? 'journal');
          return [slug, last] as const;
        }),
      );
      const reached = await projections.reached(AUDIT_LOG, new Map(ends), AUDIT_WITHIN_MS);
      // What another version made may lack the fields that are asked for here.
      if (reached && (await reading()).slot.hash === definition.hash) return undefined;
      return refuse(
        'PROJECTION_NOT_READY',
        'the audit log has not taken everything yet: ask again in a moment, see GET /projections/audit-log',
      );
    },
    has: async (id) => {
      const { store: views, slot } = await reading();
      const { total } = await views.find(slot, { where: correlated([id]), sort: [], limit: 1 });
      return total > 0;
    },
    touched: async (ids) => {
      if (ids.length === 0) return [];
      const found = new Map<string, Touched>();
      const sort = [{ column: 'event_id', descending: false }];
      // Pages are counted: what is added between two of them would push others out of both.
      const transaction = await projections.readTransaction();
      try {
        const { store: views, slot } = await transaction.reading(AUDIT_LOG);
        for (let offset = 0; ; offset += AUDIT_PAGE) {
          const page = { where: correlated(ids), sort, limit: AUDIT_PAGE, offset };
          const documents = await views.page(slot, page);
          for (const { document } of documents) {
            const { aggregate_type, aggregate_id } = document as Entry;
            found.set(`${aggregate_type}/${aggregate_id}`, { aggregate_type, aggregate_id });
          }
          if (documents.length < AUDIT_PAGE) return [...found.values()];
        }
      } finally {
        await transaction.end();
      }
    },
    ids: async () => {
      const { store: views, slot } = await reading();
      const groups = await views.group(slot, 'correlation_id', { where: [imported] });
      return groups.flatMap(({ value, count }) =>
        typeof value === 'string' ? [{ id: value, events: count }] : [],
      );
    },
    one: async (import_id, events) => {
      const [first, last] = [await edge(import_id, false), await edge(import_id, true)];
      const { actor, business_justification: because, recorded_at: first_at } = first;
      return { import_id, events, first_at, last_at: last.recorded_at, actor, because };
    },
  };
};
