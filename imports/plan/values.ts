import { z } from 'zod';
import { cut } from '../cut.js';
import type { Fields } from '../model.js';

const text = (max: number) => z.string().trim().min(1).max(max);
const Criticality = z.enum(['low', 'medium', 'high', 'critical']);
const Classification = z.enum(['public', 'internal', 'confidential', 'restricted']);
const Url = z
  .string()
  .trim()
  .max(2048)
  .regex(
    /^([A-Za-z][\w+.-]*:\/\/)?[^\s/:?#@[\]]+(:\d{1,5})?([/?#]\S*)?$/,
    'expected a URL or a host',
  );

/** What a field of a model can hold. Checked here so that one bad value costs that value only. */
export const VALUES: Readonly<Record<string, z.ZodType>> = {
  owner: text(255),
  description: z.string(),
  tags: z.array(text(64)).max(50),
  criticality: Criticality,
  data_classification: Classification,
  classification: Classification,
  lifecycle: z.enum(['planned', 'active', 'deprecated', 'retired']),
  sunset_date: z.iso.date('expected a date, such as 2026-06-30'),
  environment: z.enum(['dev', 'staging', 'prod']),
  region: text(255),
  platform: text(255),
  owning_team: text(255),
  domain: text(255),
  domains: z.array(text(253)).max(50),
  contacts: z.array(text(254)).max(50),
  pii_flag: z.boolean(),
  retention: text(50),
  steward: text(255),
  source_system: text(255),
  glossary_terms: z.array(text(255)),
  sla: text(255).regex(
    /\d ?(%|(ms|s|m|h|d|min|minutes?|seconds?|hours?|days?)\b)|24\/7|best[- ]effort/i,
    'expected a percentage, a duration, 24/7 or best-effort',
  ),
  protocol: z.enum([
    'rest',
    'graphql',
    'grpc',
    'soap',
    'kafka',
    'rabbitmq',
    'sqs',
    'http',
    'https',
    'tcp',
    'udp',
    'websocket',
    'mqtt',
  ]),
  frequency: z
    .string()
    .regex(
      /^(real-time|streaming|daily|weekly|monthly|on-demand|[1-9]\d{0,5}[smh])$/,
      'expected real-time, daily, 15m or the like',
    ),
  endpoint: Url,
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/, 'expected a semantic version, such as 1.4.0'),
  specification_url: Url.regex(/^https?:\/\//i, 'expected an http(s) URL'),
  authentication_method: text(255),
  rate_limits: z.object({ requests_per_second: z.int().positive(), burst: z.int().positive() }),
  data_contract: text(2000),
  label: text(255),
  confidence: z.number().min(0).max(1),
  evidence_source: text(2000),
  effective_from: z.iso.date('expected a date, such as 2026-06-30'),
  effective_to: z.iso.date('expected a date, such as 2026-06-30'),
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
