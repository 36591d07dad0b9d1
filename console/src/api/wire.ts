/**
 * What the server answers, as the server itself writes it down: types alone, so that a change there
 * which a screen does not know of does not compile. Nothing of the server is loaded.
 */
export type { DiagnosisJson } from '../../../src/doctor/diagnosis.js';
export type { DoctorStatus } from '../../../src/doctor/doctor.js';
export type { Finding } from '../../../src/doctor/finding.js';
export type { FoundNode } from '../../../src/nats/find-nodes.js';
export type {
  BuildStatus,
  Comparison,
  ProjectionStatus,
} from '../../../src/projector/projections.js';
export type { Resident } from '../../../src/runtime/residents.js';
export type {
  BucketState,
  ConsumerState,
  Entry,
  MessagePage,
  Shown,
  StoredMessage,
  StreamState,
} from '../../../src/store/inspection.js';
export type { Discarded, Parked } from '../../../src/views/port.js';
