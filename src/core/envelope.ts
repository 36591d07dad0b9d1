import { z } from 'zod';
import { AGGREGATE_ID, UUID_V4 } from './ids.js';
import { Instant } from './instant.js';
import { Mistakes, NAME_SHOWN_MAX } from './mistakes.js';
import { choices } from './nearest.js';

export const SOURCES = ['ui', 'api', 'import', 'webhook', 'system'] as const;
export const ACTOR_TYPES = ['user', 'service', 'system'] as const;

const Text = (max: number) => z.string().trim().min(1).max(max);
const Name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,99}$/, 'expected a name such as AssignToServer');

export const AggregateId = z
  .string()
  .regex(AGGREGATE_ID, 'expected 1 to 128 letters, digits, "-" or "_" (a UUID fits)');

/** Deeper data is no command; so bounded, whatever walks it need not fear for its stack. */
const DEPTH_MAX = 32;
const holdable = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' && value !== null
    ? depth < DEPTH_MAX && Object.values(value).every((inner) => holdable(inner, depth + 1))
    : value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY;

/**
 * The command envelope of requirement 000 §4, and beside it `expected_version` (optimistic
 * concurrency), `dry_run` (decide, append nothing) and `metadata.effective_at` (imports only).
 * `aggregate_id` may be left out of a command that creates: the id then follows from `command_id`.
 */
export const CommandEnvelope = z.strictObject({
  command_id: z.string().regex(UUID_V4, 'expected a UUID version 4 (REQ-005)').toLowerCase(),
  command_type: Name,
  aggregate_id: AggregateId.optional(),
  aggregate_type: Name,
  correlation_id: Text(128).optional(),
  actor: Text(255),
  actor_type: z.enum(ACTOR_TYPES),
  source: z.enum(SOURCES),
  command_timestamp: Instant,
  expected_version: z.int().min(0).optional(),
  dry_run: z.boolean().optional(),
  data: z
    .record(z.string(), z.unknown())
    .refine(
      (data) => holdable(data),
      `expected at most ${DEPTH_MAX} levels and numbers that JSON can hold`,
    ),
  metadata: z
    .strictObject({
      ip_address: Text(64).optional(),
      correlation_id: Text(128).optional(),
      business_justification: Text(2000).optional(),
      approval_id: Text(128).optional(),
      effective_at: Instant.optional(),
      traceparent: z
        .string()
        .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
        .optional(),
    })
    .optional(),
});
export type CommandEnvelope = z.output<typeof CommandEnvelope>;

const RULES: Readonly<Record<string, string>> = {
  invalid_type: 'FORMAT',
  invalid_format: 'FORMAT',
  too_big: 'RANGE',
  too_small: 'RANGE',
  invalid_value: 'ENUM',
  unrecognized_keys: 'UNKNOWN',
};

const missing = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'invalid_type' || issue.code === 'invalid_value') &&
  (issue as { input?: unknown }).input === undefined;

const ruleOf = (issue: z.core.$ZodIssue): string => {
  if (missing(issue)) return 'REQUIRED';
  if (issue.code === 'too_big' && issue.origin === 'string') return 'TOO_LONG';
  return RULES[issue.code] ?? 'FORMAT';
};

/**
 * What a schema said, one mistake per field, without the values. `known` = the fields there are.
 */
export const mistakesOf = (
  error: z.ZodError,
  prefix: string,
  known: readonly string[],
): Mistakes => {
  const mistakes = new Mistakes();
  for (const issue of error.issues) {
    const at = [...(prefix ? [prefix] : []), ...issue.path.map(String)].join('.');
    if (issue.code === 'unrecognized_keys') {
      const here = issue.path.length === 0 ? known : [];
      for (const key of issue.keys)
        mistakes.add(
          at ? `${at}.${key}` : key,
          () =>
            here.length > 0
              ? `unknown field${choices(key, here, 'known here:')}`
              : 'unknown field; see the schema',
          'UNKNOWN',
        );
    } else
      mistakes.add(
        at || '(body)',
        missing(issue) ? 'this field is required' : issue.message,
        ruleOf(issue),
      );
  }
  return mistakes;
};

const LOST = '__proto__';
/**
 * Where a value holds a field that schemas pass over in silence, so that it would be lost; undefined
 * where it holds none. What is deeper than a command may be is refused for that.
 */
export const lostName = (value: unknown, path = '', depth = 0): string | undefined => {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const at = path ? `${path}.${name}` : name;
    if (name === LOST) return at.slice(-NAME_SHOWN_MAX);
    if (typeof inner !== 'object') continue;
    const found = lostName(inner, at, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What is said where a text is none. */
export const WELL_FORMED = 'expected well-formed Unicode text without NUL';
const ILL_FORMED = /[\0\p{Surrogate}]/u;

/**
 * Where a value holds text that no database keeps: NUL or half of a surrogate pair.
 * Returns the path of the first one; of a key, the path of what holds it.
 */
export const illFormedText = (value: unknown, path = ''): string | undefined => {
  if (typeof value === 'string') return ILL_FORMED.test(value) ? path || '(body)' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (ILL_FORMED.test(key)) return path || '(body)';
    const found = illFormedText(inner, path ? `${path}.${key}` : key);
    if (found !== undefined) return found;
  }
  return undefined;
};
