import { type Refusal, refuse } from '../../src/core/refusal.js';
import { Classification, refuseTarget, unchanged } from '../shared.js';
import { isShorter } from './retention.js';
import type { DataEntityData } from './schemas.js';

type Asking = {
  readonly approval_id: string | null;
  readonly business_justification: string | null;
};
type Protection = {
  readonly name: string;
  readonly classification: Classification;
  readonly pii_flag: boolean;
};

/** The lowest classification that data about natural persons may have. */
const PII_FLOOR: Classification = 'confidential';
const rank = (one: Classification): number => Classification.options.indexOf(one);

/** Refuse data about natural persons that could go further than such data may. */
export const refuseUnprotected = (data: Protection): Refusal | undefined => {
  const { name, classification, pii_flag } = data;
  if (!pii_flag || rank(classification) >= rank(PII_FLOOR)) return undefined;
  return refuse(
    'CLASSIFICATION_TOO_LOW',
    `"${name}" cannot be "${classification}" and about natural persons: such data is at least "${PII_FLOOR}"`,
    {
      details: {
        given: classification,
        allowed: Classification.options.filter((one) => rank(one) >= rank(PII_FLOOR)),
      },
    },
  );
};

/** Keeping data for a shorter time is sensitive, keeping it longer is not. */
export const refuseToShortenUnjustified = (
  previous: string | null,
  next: string,
  { business_justification }: Asking,
): Refusal | undefined => {
  if (previous === null || !isShorter(next, previous)) return undefined;
  if (business_justification !== null) return undefined;
  const message = 'this field is required';
  return refuse(
    'JUSTIFICATION_REQUIRED',
    `shortening the retention from "${previous}" to "${next}" is a sensitive operation: say why in metadata.business_justification`,
    { errors: [{ field: 'metadata.business_justification', message, rule: 'REQUIRED' }] },
  );
};

/** The events that set the classification after the creation. */
const CLASSIFYING = ['DataClassificationChanged', 'DataClassificationCorrected'] as const;

/** Corrects one of the events that set the classification. */
export const correctClassification = (
  { data }: { readonly data: DataEntityData },
  asked: {
    readonly corrects_event_id: string;
    readonly corrected_value: Classification;
    readonly correction_reason: string;
  },
  { approval_id }: Asking,
) => {
  const { corrects_event_id, corrected_value, correction_reason: reason } = asked;
  const { classification: previous_classification, correctable } = data;
  const refused = refuseTarget(correctable, corrects_event_id, CLASSIFYING);
  if (refused) return refused;
  if (corrected_value === previous_classification)
    return unchanged('the classification', corrected_value);
  const corrected = {
    original_event_id: corrects_event_id,
    previous_classification,
    corrected_classification: corrected_value,
    reason,
    approval_id: approval_id!,
  };
  return (
    refuseUnprotected({ ...data, classification: corrected_value }) ?? [
      { type: 'DataClassificationCorrected' as const, data: corrected },
    ]
  );
};
