import type { Refusal } from '../../src/core/refusal.js';
import { Classification, invalid, Lifecycle, refuseTarget, unchanged } from '../shared.js';
import type { Self } from './deciding.js';
import { type Asking, refuseWhileInUse } from './rules.js';

type Correction<V> = {
  readonly corrects_event_id: string;
  readonly corrected_value: V;
  readonly reason: string;
};

const CLASSIFYING = ['DataClassificationChanged', 'DataClassificationCorrected'] as const;

/** Corrects the events that set the classification after the creation. */
export const correctClassification = (
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
export const correctLifecycle = (
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
export const correctByType = (self: Self, correction: Correction<string>, asking: Asking) => {
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
