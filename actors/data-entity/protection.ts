import { z } from 'zod';
import { unchanged } from '../../src/core/field.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { Classification, type Correctable, refuseTarget } from '../shared.js';

type Asking = {
  readonly approval_id: string | null;
  readonly business_justification: string | null;
};
type Protection = {
  readonly name: string;
  readonly classification: Classification;
  readonly pii_flag: boolean;
};

const HOURS_A_DAY = 24;
const HOURS_A_YEAR = 365.25 * HOURS_A_DAY;

/** Hours, by the first letter of a unit. */
const HOURS: Readonly<Record<string, number>> = {
  h: 1,
  d: HOURS_A_DAY,
  w: 7 * HOURS_A_DAY,
  m: HOURS_A_YEAR / 12,
  y: HOURS_A_YEAR,
};

/** How long data is kept. `m` is months: nothing is kept for minutes. */
export const Retention = z
  .string()
  .trim()
  .regex(
    /^[1-9]\d{0,5} ?([hdwmy]|(hour|day|week|month|year)s?)$/,
    'expected a number and h, d, w, m (months), y or the whole word, such as 10y or 90 days',
  );

/** How many hours a retention is, so that `12 months` can be compared to `1y`. */
const hours = (retention: string): number =>
  Number.parseInt(retention, 10) * (HOURS[/[a-z]/.exec(retention)?.[0] ?? ''] ?? 0);

/** Whether data would be kept for a shorter time than before. */
export const isShorter = (next: string, previous: string): boolean => hours(next) < hours(previous);

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
  { data }: { readonly data: Protection & { readonly correctable: Correctable } },
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
