import { type Refusal, refuse } from '../../core/refusal.js';
import type { Projections, Reading } from '../../read/projector/projections.js';
import type { Condition } from '../../read/views/port.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Touched } from './importer.js';
import { AUDIT_PAGE, AUDIT_WITHIN_MS } from './limits.js';

const AUDIT_LOG = 'audit-log';

/** How much there is of an import, and from when to when. */
export type ImportSpan = {
  readonly import_id: string;
  readonly events: number;
  readonly first_at: string;
  readonly last_at: string;
};
/** An import as the audit log tells it. */
export type PastImport = ImportSpan & {
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
  ids(): Promise<readonly string[]>;
  /** The same with how much there is of each and from when to when, by one question. */
  spans(): Promise<readonly ImportSpan[]>;
  one(span: ImportSpan): Promise<PastImport>;
};

type Entry = Touched & {
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
  return {
    ready: async () => {
      const definition = projections.definitions.find(({ name }) => name === AUDIT_LOG)!;
      const ends = await Promise.all(
        definition.sources.map(async ({ slug, definition: kind }) => {
          const { last } = await store.ends(kind ?? 'journal');
          return [slug, last] as const;
        }),
      );
      const reached = await projections.waitForPosition(AUDIT_LOG, new Map(ends), AUDIT_WITHIN_MS);
      // What another version made may lack the fields that are asked for here.
      if (reached && (await reading()).slot.hash === definition.hash) return undefined;
      return refuse(
        'PROJECTION_NOT_READY',
        'the audit log has not taken everything yet: ask again in a moment, see GET /projections/audit-log',
      );
    },
    has: async (id) => {
      const { store: views, slot } = await reading();
      const some = await views.page(slot, { where: correlated([id]), sort: [], limit: 1 });
      return some.length > 0;
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
      return groups.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
    },
    spans: async () => {
      const { store: views, slot } = await reading();
      const groups = await views.groupRanged(slot, 'correlation_id', {
        where: [imported],
        of: 'recorded_at',
      });
      return groups.flatMap(({ value, count: events, least, most }) =>
        typeof value === 'string'
          ? [{ import_id: value, events, first_at: String(least), last_at: String(most) }]
          : [],
      );
    },
    one: async (span) => {
      const { import_id, first_at } = span;
      const { store: views, slot } = await reading();
      // By its time, of which few are: of one import there may be any number.
      const id = { from: import_id, before: `${import_id}\0` };
      const where: readonly Condition[] = [
        { column: 'recorded_at', op: 'in', values: [first_at] },
        { column: 'correlation_id', op: 'in', values: [], spans: [id] },
        imported,
      ];
      const [first] = await views.page(slot, { where, sort: [], limit: 1 });
      const { actor, business_justification: because } = first!.document as Entry;
      return { ...span, actor, because };
    },
  };
};
