import { z } from 'zod';
import { type Refusal, refuse } from '../../src/core/refusal.js';

/** What a relation may begin and end at. */
export const EndType = z.enum([
  'application',
  'application_service',
  'application_interface',
  'server',
  'data_entity',
  'business_capability',
  'integration',
  'organization',
]);
export type EndType = z.output<typeof EndType>;

/** What a relation may say. Which ends each fits stands in the matrix. */
export const RelationType = z.enum([
  'depends_on',
  'communicates_with',
  'calls',
  'realizes',
  'uses',
  'exposes',
  'deployed_on',
  'stores_data_on',
  'reads',
  'writes',
  'supports',
  'serves',
  'publishes_event_to',
  'consumes_event_from',
  'owns',
  'part_of',
  'connected_to',
]);
export type RelationType = z.output<typeof RelationType>;

type Row = readonly [source: EndType, target: EndType, types: readonly RelationType[]];

/** What may have to do with what, and how. What is not here, is not allowed. */
const MATRIX: readonly Row[] = [
  ['application', 'application', ['depends_on', 'communicates_with', 'calls']],
  ['application', 'application_service', ['realizes', 'uses']],
  ['application', 'server', ['stores_data_on']],
  ['application', 'data_entity', ['reads', 'writes']],
  ['application', 'business_capability', ['supports']],
  ['application_service', 'business_capability', ['realizes', 'supports']],
  [
    'integration',
    'application',
    ['communicates_with', 'publishes_event_to', 'consumes_event_from'],
  ],
  ['integration', 'application_interface', ['calls']],
  ['organization', 'application', ['owns']],
  ['organization', 'server', ['owns']],
  ['server', 'server', ['connected_to']],
];

type Elsewhere = {
  readonly source: EndType;
  readonly type: RelationType;
  readonly target: EndType;
  readonly command: string;
  readonly aggregate: string;
};

/** What other aggregates say of themselves: every fact is written in one place. */
const ELSEWHERE: readonly Elsewhere[] = [
  {
    source: 'application',
    type: 'exposes',
    target: 'application_interface',
    command: 'ExposeInterface',
    aggregate: 'Application',
  },
  {
    source: 'application_interface',
    type: 'serves',
    target: 'application_service',
    command: 'LinkInterfaceToService',
    aggregate: 'Application',
  },
  {
    source: 'application',
    type: 'deployed_on',
    target: 'server',
    command: 'AssignToServer',
    aggregate: 'Application',
  },
  {
    source: 'organization',
    type: 'part_of',
    target: 'organization',
    command: 'AddParentToOrganization',
    aggregate: 'Organization',
  },
];

type Asked = {
  readonly source_type: EndType;
  readonly target_type: EndType;
  readonly relation_type: RelationType;
};

const possible = (source: EndType): string =>
  MATRIX.filter(([from]) => from === source)
    .map(([, to, types]) => `${to} (${types.join(', ')})`)
    .join(', ') || 'nothing';

/** Refuse a relation that is not in the matrix; one that is a fact of its own elsewhere, with its command. */
export const refuseUnrelatable = (asked: Asked): Refusal | undefined => {
  const { source_type, target_type, relation_type } = asked;
  const row = MATRIX.find(([source, target]) => source === source_type && target === target_type);
  const allowed = row?.[2] ?? [];
  if (allowed.includes(relation_type)) return undefined;
  const details = { source_type, target_type, relation_type, allowed };
  const elsewhere = ELSEWHERE.find(
    ({ source, type, target }) =>
      source === source_type && type === relation_type && target === target_type,
  );
  if (elsewhere)
    return refuse(
      'RELATION_NOT_ALLOWED',
      `${source_type} ${relation_type} ${target_type} is recorded by ${elsewhere.command} on the ${elsewhere.aggregate}, and derived from there`,
      {
        details: {
          ...details,
          command: elsewhere.command,
          aggregate_type: elsewhere.aggregate,
        },
      },
    );
  return refuse(
    'RELATION_NOT_ALLOWED',
    allowed.length > 0
      ? `${source_type} "${relation_type}" ${target_type} makes no sense; allowed between them: ${allowed.join(', ')}`
      : `${source_type} cannot be related to ${target_type}; it can be to: ${possible(source_type)}`,
    { details },
  );
};
