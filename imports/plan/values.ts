import { z } from 'zod';
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

/** The values that can be held, and for each of the others what is wrong with it. */
export const checked = (
  fields: Fields,
): { readonly values: Fields; readonly wrong: readonly string[] } => {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || value === null || value === '') continue;
    const parsed = (VALUES[field] ?? z.unknown()).safeParse(value);
    if (parsed.success) values[field] = parsed.data;
    else wrong.push(`${field} ${JSON.stringify(value)}: ${parsed.error.issues[0]!.message}`);
  }
  return { values, wrong };
};
