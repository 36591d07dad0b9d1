import { z } from 'zod';
import type { Deciding } from '../../src/core/define-aggregate.js';
import { unchanged } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import type { Refusal } from '../../src/core/refusal.js';
import { Classification, EventId, invalid, Lifecycle, Reason, refuseTarget } from '../shared.js';
import type { boundaries } from './boundaries.js';
import { type Asking, type Living, refuseWhileInUse, type Self } from './lifecycle.js';

/** What puts its past right. */
export const correctionCommands = {
  CorrectDataClassification: command({
    summary: 'Correct an event that set the wrong data classification.',
    data: z.object({
      corrects_event_id: EventId,
      corrected_value: Classification,
      correction_reason: Reason,
    }),
    emits: ['DataClassificationCorrected'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    approval: true,
  }),
  CorrectLifecycle: command({
    summary: 'Correct an event that put it in the wrong lifecycle.',
    data: z.object({
      corrects_event_id: EventId,
      corrected_value: Lifecycle,
      reason: Reason,
    }),
    emits: ['LifecycleCorrected'],
    // An import tells histories in which things came back.
    roles: ['admin', 'importer'],
    sensitive: true,
    approval: true,
  }),
  CorrectionCommand: command({
    summary: 'Correct an event, in the general form: what is corrected follows from its type.',
    data: z.object({
      corrects_event_id: EventId,
      correction_reason: Reason,
      corrected_value: z.string(),
    }),
    emits: ['DataClassificationCorrected', 'LifecycleCorrected'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    approval: true,
  }),
};

export const correctionEvents = {
  DataClassificationCorrected: z.object({
    original_event_id: EventId,
    previous_classification: Classification,
    corrected_classification: Classification,
    reason: Reason,
    approval_id: z.string(),
  }),
  LifecycleCorrected: z.object({
    original_event_id: EventId,
    previous_lifecycle: Lifecycle,
    corrected_lifecycle: Lifecycle,
    reason: Reason,
    approval_id: z.string(),
  }),
};

type Correction<V> = {
  readonly corrects_event_id: string;
  readonly corrected_value: V;
  readonly reason: string;
};

const CLASSIFYING = ['DataClassificationChanged', 'DataClassificationCorrected'] as const;

/** Corrects the events that set the classification after the creation. */
const correctClassification = (
  { data }: Self,
  { corrects_event_id, corrected_value, reason }: Correction<Classification>,
  { approval_id }: Asking,
) => {
  const { data_classification: previous_classification, correctable } = data;
  const refused = refuseTarget(correctable, corrects_event_id, CLASSIFYING);
  if (refused) return refused;
  if (corrected_value === previous_classification)
    return unchanged('the data classification', corrected_value);
  const corrected = {
    original_event_id: corrects_event_id,
    previous_classification,
    corrected_classification: corrected_value,
    reason,
    approval_id: approval_id!,
  };
  return [{ type: 'DataClassificationCorrected' as const, data: corrected }];
};

const LIFECYCLE = [
  'ApplicationCreated',
  'LifecycleTransitioned',
  'ApplicationCancelled',
  'ApplicationReinstated',
  'LifecycleCorrected',
] as const;

/** Corrects the events that set the lifecycle; the only way back that the chart has. */
const correctLifecycle = (
  self: Self,
  { corrects_event_id, corrected_value, reason }: Correction<Lifecycle>,
  asking: Asking,
) => {
  const refused = refuseTarget(self.data.correctable, corrects_event_id, LIFECYCLE);
  if (refused) return refused;
  if (corrected_value === self.status) return unchanged('the lifecycle', corrected_value);
  const used = corrected_value === 'retired' && refuseWhileInUse(self, asking);
  if (used) return used;
  const corrected = {
    original_event_id: corrects_event_id,
    previous_lifecycle: Lifecycle.parse(self.status),
    corrected_lifecycle: corrected_value,
    reason,
    approval_id: asking.approval_id!,
  };
  return [{ type: 'LifecycleCorrected' as const, data: corrected }];
};

const notOneOf = (type: string, values: readonly string[]): Refusal =>
  invalid('corrected_value', `what a ${type} set can only be corrected to ${values.join(', ')}`);

/** The general form of requirement 000 §9: which correction it is follows from the event's type. */
const correctByType = (self: Self, correction: Correction<string>, asking: Asking) => {
  const { corrects_event_id: id, corrected_value } = correction;
  const refused = refuseTarget(self.data.correctable, id, [...CLASSIFYING, ...LIFECYCLE]);
  if (refused) return refused;
  const { type } = self.data.correctable[id]!;
  if (CLASSIFYING.some((one) => one === type)) {
    const value = Classification.safeParse(corrected_value);
    if (!value.success) return notOneOf(type, Classification.options);
    return correctClassification(self, { ...correction, corrected_value: value.data }, asking);
  }
  const value = Lifecycle.safeParse(corrected_value);
  if (!value.success) return notOneOf(type, Lifecycle.options);
  return correctLifecycle(self, { ...correction, corrected_value: value.data }, asking);
};

export const decideCorrections = {
  CorrectDataClassification: (self, { correction_reason: reason, ...correction }, context) =>
    correctClassification(self, { ...correction, reason }, context),
  CorrectLifecycle: correctLifecycle,
  CorrectionCommand: (self, { correction_reason: reason, ...correction }, context) =>
    correctByType(self, { ...correction, reason }, context),
} satisfies Deciding<Living, typeof correctionCommands, typeof correctionEvents, typeof boundaries>;
