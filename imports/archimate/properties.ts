import type { ElementKind, Fields } from '../model.js';
import type { Property } from './source.js';

const LISTS = new Set(['tags', 'glossary_terms', 'domains', 'contacts']);
const FLAGS = new Set(['pii_flag']);
/** Words that are written in small letters with underscores between them. */
const WORDS = new Set(['lifecycle', 'criticality', 'data_classification', 'classification']);

/** Which properties are fields, for each kind. What they hold is checked where it is planned. */
const FIELDS: Readonly<Record<ElementKind, readonly string[]>> = {
  business_capability: [],
  organization: ['domains', 'contacts'],
  application: ['owner', 'lifecycle', 'criticality', 'data_classification', 'tags'],
  service: ['sla'],
  interface: ['protocol', 'endpoint', 'version', 'specification_url', 'authentication_method'],
  server: ['environment', 'criticality', 'region', 'platform', 'owning_team', 'tags'],
  data_entity: [
    'classification',
    'domain',
    'owner',
    'steward',
    'retention',
    'pii_flag',
    'source_system',
    'criticality',
    'glossary_terms',
    'tags',
  ],
  integration: [],
};

/** `Data Classification` and `dataClassification` → `data_classification`. */
const fieldName = (key: string): string =>
  key
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

const fieldValue = (field: string, value: string): unknown => {
  const text = value.trim();
  if (LISTS.has(field))
    return text
      .split(/[,;]/)
      .map((one) => one.trim())
      .filter(Boolean);
  if (FLAGS.has(field)) {
    if (/^(true|yes|1)$/i.test(text)) return true;
    return /^(false|no|0)$/i.test(text) ? false : text;
  }
  return WORDS.has(field) ? text.toLowerCase().replaceAll(/\s+/g, '_') : text;
};

/** The properties that are fields of that kind, and the keys of those that are not. */
export const fieldsOf = (
  kind: ElementKind,
  properties: readonly Property[],
): { readonly fields: Fields; readonly others: readonly string[] } => {
  const fields: Record<string, unknown> = {};
  const others: string[] = [];
  for (const { key, value } of properties) {
    const field = fieldName(key);
    if (FIELDS[kind].includes(field) && !(field in fields))
      fields[field] = fieldValue(field, value);
    else others.push(key);
  }
  return { fields, others };
};
