import type { State } from '../../../core/aggregate.js';
import type { Fields } from './body.js';
import type { RequestKey } from './command-ids.js';
import type { Planned } from './planned.js';
import type { Settable } from './settable.js';

/** What all commands of one request have in common. */
export type Template = {
  readonly envelope: Fields;
  /** Their ids follow from it. */
  readonly request: RequestKey;
  /** The key is the client's own, so the same request may come again. */
  readonly own: boolean;
};

/** What a request asks, and how it becomes commands. */
export type Asking = {
  readonly settable: Settable;
  readonly template: Template;
  /** The resource it is about; none for one that begins. */
  readonly id: string | undefined;
  /** What it says of the resource, as it was sent. */
  readonly fields: ReadonlyMap<string, unknown>;
  /** The commands that it becomes where this is so. */
  readonly plannedOn: (state: State) => readonly Planned[];
};
