import type { JsonSchema } from '../../core/schema.js';

const TEXT = { type: 'string' };
const WHOLE = { type: 'string', pattern: '^[0-9]+$' };
const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' };

const ALWAYS = {
  'Stele-Event-Id': TEXT,
  'Stele-Event-Type': TEXT,
  'Stele-Event-Version': WHOLE,
  'Stele-Aggregate-Type': TEXT,
  'Stele-Aggregate-Id': TEXT,
  'Stele-Aggregate-Version': WHOLE,
  'Stele-Timestamp': TEXT,
  'Stele-Actor': TEXT,
  'Stele-Actor-Type': TEXT,
  'Stele-Source': TEXT,
  'Stele-Causation-Id': TEXT,
  'Stele-Command-Hash': HASH,
  'Stele-Hash-Recipe': WHOLE,
  'Stele-Hash': HASH,
};
const SOMETIMES = {
  'Stele-Correlation-Id': TEXT,
  'Stele-Justification': TEXT,
  'Stele-Approval-Id': TEXT,
  'Stele-Effective-At': TEXT,
  'Stele-Previous-Hash': HASH,
  traceparent: TEXT,
};

/** The headers of an event on NATS. Free text is percent-encoded where a header could not hold it. */
export const eventHeaders: JsonSchema = {
  type: 'object',
  required: Object.keys(ALWAYS),
  properties: { ...ALWAYS, ...SOMETIMES },
};
