import { z } from 'zod';
import { EXIT, type ExitCode } from './exit.js';
import type { Paint } from './io.js';

/** A problem answer (RFC 9457) as far as it is shown; anything else is read as kindly as possible. */
export const ProblemJson = z.object({
  code: z.string().default('UNKNOWN'),
  message: z.string().optional(),
  detail: z.string().optional(),
  title: z.string().optional(),
  trace_id: z.string().optional(),
  errors: z
    .array(z.object({ field: z.string(), message: z.string(), rule: z.string().optional() }))
    .default([]),
  details: z.record(z.string(), z.unknown()).default({}),
});
export type ProblemJson = z.output<typeof ProblemJson>;

export const messageOf = ({ message, detail, title }: ProblemJson): string =>
  message ?? detail ?? title ?? 'no message came with it';

const shown = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.join(', ');
  return JSON.stringify(value);
};

/** One readable block: the code, the message, each field that was wrong, what would help. */
export const problemBlock = (problem: ProblemJson, paint: Paint): string => {
  const lines = [`${paint('red', problem.code)}  ${messageOf(problem)}`];
  for (const { field, message } of problem.errors) lines.push(`  ${field}: ${message}`);
  for (const [name, value] of Object.entries(problem.details))
    if (!Array.isArray(value) || value.length > 0)
      lines.push(`  ${paint('dim', `${name}:`)} ${shown(value)}`);
  if (problem.trace_id) lines.push(`  ${paint('dim', `trace ${problem.trace_id}`)}`);
  return lines.join('\n');
};

const NOT_FOUND = [404, 410];
const CONFLICT = [409, 412];

/** The exit code that an HTTP status becomes. */
export const exitOf = (status: number): ExitCode => {
  if (status < 400) return EXIT.ok;
  if (NOT_FOUND.includes(status)) return EXIT.notFound;
  return CONFLICT.includes(status) ? EXIT.conflict : EXIT.failed;
};
