import { z } from 'zod';
import { DataEntity } from '../../actors/data-entity/data-entity.js';
import { Relation } from '../../actors/relation/relation.js';
import { Classification, Criticality } from '../../actors/shared.js';
import { type AnyEventOf, defineProjection, report } from '../../src/core/projection.js';
import { STAMP_COLUMNS, stamped, stampFields } from '../../src/read/projections/stamps.js';
import { related as relatedBy, sortedOnce } from '../contributions.js';
import { overview } from './overview.js';

const Perhaps = z.string().nullable().default(null);
const Texts = z.array(z.string()).default([]);

/** An application that reads or writes the data. */
const Access = z.object({
  relation_id: z.string(),
  relation_type: z.enum(['reads', 'writes']),
  application_id: z.string(),
  confidence: z.number(),
  effective_from: z.string().nullable(),
  effective_to: z.string().nullable(),
});
type Access = z.output<typeof Access>;

const Missing = z.enum(['retention', 'owner', 'steward']);

const view = z.object({
  ...stampFields,
  name: z.string().default(''),
  description: Perhaps,
  domain: Perhaps,
  classification: Classification.default('internal'),
  pii_flag: z.boolean().default(false),
  retention: Perhaps,
  owner: Perhaps,
  steward: Perhaps,
  source_system: Perhaps,
  criticality: Criticality.nullable().default(null),
  glossary_terms: Texts,
  lineage: Texts,
  tags: Texts,
  status: z.enum(['absent', 'present', 'deleted']).default('absent'),
  // Relations may name an entity before its own events arrive: until then it is not there.
  deleted: z.boolean().default(true),
  missing: z.array(Missing).default([]),
  access: z.array(Access).default([]),
  reader_ids: Texts,
  writer_ids: Texts,
  reader_count: z.number().default(0),
  writer_count: z.number().default(0),
});
type Governed = z.output<typeof view>;
type EntityEvent = AnyEventOf<typeof DataEntity>;
type RelationEvent = AnyEventOf<typeof Relation>;

const withEntity = (before: Governed, event: EntityEvent): Governed => {
  const { status, data } = event.after;
  const { correctable: _, ...known } = data;
  return {
    ...before,
    ...stamped(before, event),
    ...known,
    status: view.shape.status.parse(status),
    deleted: status === 'deleted',
    missing: Missing.options.filter((field) => data[field] === null),
  };
};

/** What a relation says about the access of an application to an entity. */
const accessBy = ({ aggregate_id, after }: RelationEvent, key: string): Access | null => {
  const { source_type, source_id, target_type, target_id } = after.data;
  const relation_type = Access.shape.relation_type.safeParse(after.data.relation_type).data;
  if (after.status !== 'present' || relation_type === undefined) return null;
  if (source_type !== 'application' || target_type !== 'data_entity' || target_id !== key)
    return null;
  const { confidence, effective_from, effective_to } = after.data;
  return {
    relation_id: aggregate_id,
    relation_type,
    application_id: source_id,
    confidence,
    effective_from,
    effective_to,
  };
};

const withRelation = (before: Governed, event: RelationEvent, key: string): Governed | null => {
  const access = relatedBy(before.access, event.aggregate_id, accessBy(event, key));
  if (access === before.access) return before;
  if (access.length === 0 && before.status === 'absent') return null;
  const who = (type: Access['relation_type']) =>
    sortedOnce(access.filter((one) => one.relation_type === type).map((one) => one.application_id));
  const [reader_ids, writer_ids] = [who('reads'), who('writes')];
  return {
    ...before,
    id: key,
    access,
    reader_ids,
    writer_ids,
    reader_count: reader_ids.length,
    writer_count: writer_ids.length,
  };
};

const rank = (one: unknown): number => Classification.options.indexOf(one as Classification);

/** Every data entity, how it is protected, and who reads and writes it. */
export const dataGovernance = defineProjection({
  name: 'data-governance',
  summary: 'Every data entity: how it is protected, how long it is kept, who reads and writes it.',
  view,
  indexed: [
    ...STAMP_COLUMNS,
    ...(['name', 'description', 'domain', 'classification', 'pii_flag', 'retention'] as const),
    ...(['owner', 'steward', 'source_system', 'criticality', 'glossary_terms'] as const),
    ...(['lineage', 'tags', 'status', 'deleted', 'missing', 'reader_ids', 'writer_ids'] as const),
    ...(['reader_count', 'writer_count'] as const),
  ],
  search: ['name', 'description', 'domain', 'owner', 'steward', 'source_system'],
  sort: 'name',
  from: [DataEntity, Relation],
  withState: true,
  resource: 'DataEntity',
  deleted: 'deleted',
  documentIds: {
    Relation: ({ before, after }) =>
      [before.data, after.data]
        .filter(({ target_type }) => target_type === 'data_entity')
        .map(({ target_id }) => target_id),
  },
  on: { DataEntity: { '*': withEntity }, Relation: { '*': withRelation } },
  related: ({ access, lineage }) => [
    ...access.map(({ application_id: key }) => ({ projection: 'application-portfolio', key })),
    ...lineage.map((key) => ({ projection: 'data-governance', key })),
  ],
  show: (document, { related }) => {
    const access = document.access.map((one) => {
      const application = related('application-portfolio', one.application_id);
      const { name, data_classification = null } = application ?? {};
      const gap =
        data_classification !== null && rank(data_classification) < rank(document.classification);
      return { ...one, application_name: name || null, data_classification, gap };
    });
    return {
      ...document,
      access,
      classification_gap: access.some(({ gap }) => gap),
      lineage_names: document.lineage.map((key) => related('data-governance', key)?.name || null),
    };
  },
  reports: {
    overview: report({
      summary: 'Per classification: how much there is, and what nobody looks after.',
      params: z.object({}),
      answer: overview,
    }),
  },
});
