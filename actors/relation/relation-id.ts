import { stableUuid5 } from '../../src/core/ids.js';

/** The namespace of relation ids. It never changes: the ids in every log follow from it. */
const NAMESPACE = '6f3e0b52-7c0d-4b43-9a53-0f5e8a3d2c11';

/** What makes a relation the one it is. */
export type Edge = {
  readonly source_type: string;
  readonly source_id: string;
  readonly relation_type: string;
  readonly target_type: string;
  readonly target_id: string;
};

/** The id of a relation follows from what it connects: the same edge cannot be created twice. */
export const relationId = (edge: Edge): string =>
  stableUuid5(
    NAMESPACE,
    edge.source_type,
    edge.source_id,
    edge.relation_type,
    edge.target_type,
    edge.target_id,
  );
