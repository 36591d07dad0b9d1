import type { Roles } from '../core/access.js';
import type { Aggregate } from '../core/aggregate.js';
import type { Projection } from '../core/projection.js';
import type { Watch } from '../core/watch.js';
import type { Importer, ModelImports } from '../operate/importing/importer.js';
import type { Topology } from '../write/store/topology.js';
import type { Io } from './io.js';

/** What the composition root puts together. */
export type Composition = {
  readonly definitions: readonly [Aggregate, ...Aggregate[]];
  /** Settings of the streams, where they are not to be the default ones. */
  readonly topology?: Topology;
  readonly importers?: readonly Importer[];
  /** Formats of models, and how an import of one is taken back. */
  readonly models?: ModelImports;
  /** What the read side makes of the events; none without it. */
  readonly projections?: readonly Projection[];
  /** Rules over several aggregates that are looked after. */
  readonly watches?: readonly Watch[];
  /** Who there is and what they may do; without roles a node is open to everybody. */
  readonly roles?: Roles;
  readonly version: string;
  readonly io: Io;
};
