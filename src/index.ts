/**
 * Stele as a library: define aggregates, run them on NATS JetStream, reach them over HTTP and NATS.
 * What a domain needs to be tested without a server is in `stele/testing`.
 */

// Defining a domain.

export type {
  Aggregate,
  ClaimSpec,
  Context,
  EventMeta,
  Referenced,
  State,
} from './core/aggregate.js';
export {
  type Boundary,
  type BoundaryEvent,
  defineBoundary,
  type Entries,
} from './core/boundary.js';
export type { Arrow, Chart, Edge } from './core/chart.js';
export { defineAggregate, type EventOf } from './core/define-aggregate.js';
export {
  /** Schema of an aggregate id: 1 to 128 letters, digits, `-` or `_`. */
  AggregateId,
} from './core/envelope.js';
export type { EventJson, EventRecord, StoredEvent } from './core/event.js';
export { clears, sets } from './core/field.js';
export { stableCommandId } from './core/ids.js';
export { adds } from './core/list-field.js';
export { type Mark, personal, secret } from './core/marks.js';
export {
  /** What a command is made of: its data, the events it may produce, its roles and papers. */
  type CommandSpec,
  command,
  type EventSpec,
  event,
  type PartSpec,
} from './core/message.js';
export {
  type AnyEventOf,
  defineProjection,
  type Projected,
  type Projection,
  /** What a projection is made of: its view, the events it takes, a handler for each. */
  type ProjectionDefinition,
  type Report,
  report,
  type ShowContext,
  type View,
} from './core/projection.js';
export type { ReferenceSpec } from './core/reference.js';
export {
  Fault,
  type FieldError,
  /** Whether what came back is a refusal. */
  isRefusal,
  type Refusal,
  refuse,
} from './core/refusal.js';

// What follows from definitions.

export {
  drawMachine,
  /** A form that a lifecycle can be drawn in. */
  type Format,
} from './core/picture/index.js';
export {
  type FoundCommand,
  type Registry,
  /** All definitions of a program, checked against one another. */
  registry,
} from './core/registry.js';
export { type Schemas, schemasOf } from './core/schema.js';

export { auditLog } from './read/projections/audit-log.js';
export { commands } from './read/projections/commands.js';
export { completeProjections } from './read/projections/index.js';
export { lifecycles } from './read/projections/lifecycles.js';
export { resourceOf } from './read/projections/resource.js';

// Storing.

export type { JournalEntry } from './write/store/command-journal.js';
export type { EventStore } from './write/store/event-store.js';
export { memoryStore } from './write/store/memory-store.js';
export {
  /** The event store on JetStream, with what its append side counted. */
  type NatsStore,
  natsStore,
} from './write/store/nats/nats-store.js';
export type { Snapshot } from './write/store/snapshots.js';
export { defaultTopology, type StreamSettings, type Topology } from './write/store/topology.js';

// Running.

export type { Limits } from './write/runtime/limits.js';
export type { Log } from './write/runtime/log.js';
export type {
  Accepted,
  /** The answer to a command: accepted, or a refusal. */
  Result,
} from './write/runtime/outcome.js';
export {
  Runtime,
  /** What a runtime is made of: definitions, a store, a log. */
  type RuntimeOptions,
  type RuntimeStats,
} from './write/runtime/runtime.js';

// Ways in.

export {
  /** The HTTP side: mount its `fetch`, or call `app.request` in a test. */
  type App,
  createHttp,
  /** The bounds of the HTTP side, as they are unless told otherwise. */
  HTTP_LIMITS,
  type HttpLimits,
  /** What HTTP is made of: a runtime, its store, a log. */
  type HttpOptions,
  type Info,
  /** HTTP on a port, until it is closed. */
  type Served,
  serveHttp,
} from './edge/http/index.js';
export { serveCommands } from './edge/nats/index.js';

// Who may do what.

export {
  type Permission,
  type Principal,
  type Role,
  /** The roles of an application: of `startNode` and of `Runtime`. */
  type Roles,
  TRUSTED,
} from './core/access.js';
export type {
  /** What somebody sends to be recognized by, and what recognizes them: of `createHttp`. */
  Access,
  Credentials,
} from './edge/access/index.js';

// A whole node, and the command line around it.

export type { Composition } from './cli/composition.js';
export {
  /** The environment and the streams of this process, for `runProgram`. */
  processIo,
} from './cli/io.js';
export { runProgram } from './cli/run-program.js';
export { type Config, describeMistakes, readConfig } from './node/config.js';
export {
  type Node,
  /** What a node is made of: configuration, definitions, topology, a log. */
  type NodeOptions,
  startNode,
} from './node/node.js';
