/**
 * What the server answers, as the server itself writes it down: types alone, so that a change there
 * which a screen does not know of does not compile. Nothing of the server is loaded.
 */

export type { FoundNode } from '../../../src/edge/nats/find-nodes.js';
export type { DiagnosisJson } from '../../../src/operate/doctor/diagnosis.js';
export type { DoctorStatus } from '../../../src/operate/doctor/doctor.js';
export type { Finding } from '../../../src/operate/doctor/finding.js';
export type {
  BuildStatus,
  Comparison,
  ProjectionStatus,
} from '../../../src/read/projector/projections.js';
export type { Discarded, Parked } from '../../../src/read/views/port.js';
export type { Resident } from '../../../src/write/runtime/residents.js';
export type {
  BucketState,
  ConsumerState,
  Entry,
  MessagePage,
  Shown,
  StoredMessage,
  StreamState,
} from '../../../src/write/store/inspection.js';
