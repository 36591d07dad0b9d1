import { stableUuid5 } from '../../src/core/ids.js';

/** The namespace of work item ids. It never changes: the ids in every log follow from it. */
const NAMESPACE = '0d9b6a7e-31f4-4b0a-8d5c-92b7c1e6f4a8';

/** What makes a finding the one it is. */
export type Finding = {
  readonly kind: string;
  readonly about_type: string;
  readonly about_id: string;
  /** Tells findings of one kind about one thing apart: the id of what is missing. */
  readonly about_key: string;
};

/** The id of a work item follows from what was found: the same is never opened twice. */
export const workItemId = ({ kind, about_type, about_id, about_key }: Finding): string =>
  stableUuid5(NAMESPACE, kind, about_type, about_id, about_key);
