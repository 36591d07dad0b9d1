import { z } from 'zod';
import { Endpoint, HttpUrl, RateLimits, Version } from '../../actors/application/interface.js';
import { Retention } from '../../actors/data-entity/protection.js';
import {
  CalendarDate,
  Classification,
  Confidence,
  Criticality,
  DomainName,
  Email,
  Environment,
  Frequency,
  Lifecycle,
  Name,
  Protocol,
  Reason,
  Sla,
  TAGS_MAX,
  Tag,
} from '../../actors/shared.js';
import { cut } from '../cut.js';
import type { Fields } from '../model.js';

/** Domains, or contacts, of one organization. */
const LISTED_MAX = 50;

/** What a field of a model can hold. Checked here so that one bad value costs that value only. */
export const VALUES: Readonly<Record<string, z.ZodType>> = {
  owner: Name,
  description: z.string(),
  tags: z.array(Tag).max(TAGS_MAX),
  criticality: Criticality,
  data_classification: Classification,
  classification: Classification,
  lifecycle: Lifecycle,
  sunset_date: CalendarDate,
  environment: Environment,
  region: Name,
  platform: Name,
  owning_team: Name,
  domain: Name,
  domains: z.array(DomainName).max(LISTED_MAX),
  contacts: z.array(Email).max(LISTED_MAX),
  pii_flag: z.boolean(),
  retention: Retention,
  steward: Name,
  source_system: Name,
  glossary_terms: z.array(Name),
  sla: Sla,
  protocol: Protocol,
  frequency: Frequency,
  endpoint: Endpoint,
  version: Version,
  specification_url: HttpUrl,
  authentication_method: Name,
  rate_limits: RateLimits,
  data_contract: Reason,
  label: Name,
  confidence: Confidence,
  evidence_source: Reason,
  effective_from: CalendarDate,
  effective_to: CalendarDate,
};

/** More than the members of any list that a field holds; a parser of values looks at each. */
const MEMBERS_MAX = 1_000;
/** Characters of a value, and members of a list, that a note shows. */
const SHOWN_CHARS_MAX = 100;
const SHOWN_MEMBERS_MAX = 5;

/** The beginning of a value, for a note: the same value may stand in each of many thousand. */
const shownOf = (value: unknown): string => {
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (Array.isArray(one)) return one.slice(0, SHOWN_MEMBERS_MAX);
    return typeof one === 'string' ? cut(one, SHOWN_CHARS_MAX) : one;
  });
  const chars = typeof value === 'string' && value.length > SHOWN_CHARS_MAX;
  const members = Array.isArray(value) && value.length > SHOWN_MEMBERS_MAX;
  if (chars) return `${text} … (${value.length} characters)`;
  return members ? `${text} … (${value.length} in all)` : text;
};

/** What is wrong with a value, or what is held of it. */
const parse = (
  field: string,
  value: unknown,
): { readonly held: unknown } | { readonly why: string } => {
  if (Array.isArray(value) && value.length > MEMBERS_MAX)
    return { why: `more than ${MEMBERS_MAX} values` };
  const parsed = (VALUES[field] ?? z.unknown()).safeParse(value);
  return parsed.success ? { held: parsed.data } : { why: parsed.error.issues[0]!.message };
};

/** The values that can be held, and for each of the others what is wrong with it. */
export const checked = (
  fields: Fields,
): { readonly values: Fields; readonly wrong: readonly string[] } => {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === '') continue;
    const parsed = parse(field, value);
    if ('held' in parsed) values[field] = parsed.held;
    else wrong.push(`${field} ${shownOf(value)}: ${parsed.why}`);
  }
  return { values, wrong };
};
