/**
 * A typed client for a node, for Node.js and browsers: types come from the definitions, nothing is
 * generated.
 */
export { type Client, createClient, type Resource } from './client.js';
export type { Collection, One } from './collection.js';
export { type FieldProblem, type ProblemBody, SteleProblem } from './stele-problem.js';
export type { ClientOptions } from './transport.js';
export type {
  Accepted,
  Change,
  CommandOf,
  DataOf,
  DocumentOf,
  EventOf,
  FieldsOf,
  Following,
  Moment,
  NameOf,
  Page,
  Possible,
  Query,
  Sending,
  Written,
} from './types.js';
export { Unreachable } from './unreachable.js';
