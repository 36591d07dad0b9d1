import type { EdgeType } from './document.js';

/** Which end of an edge would suffer if the other one failed. */
type Dependent = 'source' | 'target' | 'both';

const DEPENDENT: Readonly<Record<EdgeType, Dependent>> = {
  depends_on: 'source',
  communicates_with: 'both',
  calls: 'source',
  realizes: 'target',
  uses: 'source',
  exposes: 'target',
  deployed_on: 'source',
  stores_data_on: 'source',
  reads: 'source',
  writes: 'target',
  supports: 'target',
  serves: 'target',
  publishes_event_to: 'target',
  consumes_event_from: 'source',
  owns: 'source',
  part_of: 'target',
  connected_to: 'both',
  flows_to: 'target',
  derived_from: 'source',
};

/** Whether the source of such an edge needs its target. */
export const sourceNeeds = (type: EdgeType): boolean => DEPENDENT[type] !== 'target';

/** Whether the target of such an edge needs its source. */
export const targetNeeds = (type: EdgeType): boolean => DEPENDENT[type] !== 'source';
