import { SteleProblem } from '../client/stele-problem.js';
import { Unreachable } from '../client/unreachable.js';
import { EXIT, type ExitCode, Stop } from './exit.js';
import type { Paint } from './io.js';

const showValue = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.join(', ');
  return JSON.stringify(value);
};

/** One readable block: the code, the message, each field that was wrong, what would help. */
export const problemBlock = (problem: SteleProblem, paint: Paint): string => {
  const lines = [`${paint('red', problem.code)}  ${problem.message}`];
  for (const { field, message } of problem.errors) lines.push(`  ${field}: ${message}`);
  for (const [name, value] of Object.entries(problem.details))
    if (!Array.isArray(value) || value.length > 0)
      lines.push(`  ${paint('dim', `${name}:`)} ${showValue(value)}`);
  if (problem.trace_id) lines.push(`  ${paint('dim', `trace ${problem.trace_id}`)}`);
  return lines.join('\n');
};

const NOT_FOUND = [404, 410];
const CONFLICT = [409, 412];

/** The exit code that the status of a problem becomes. */
export const exitOf = (status: number): ExitCode => {
  if (NOT_FOUND.includes(status)) return EXIT.notFound;
  return CONFLICT.includes(status) ? EXIT.conflict : EXIT.failed;
};

const TODO: Readonly<Record<number, string>> = {
  401: 'Send an API key: --key, or STELE_KEY in the environment. `stele key create` makes one where NATS can be reached; `stele key list` shows what became of yours.',
  403: 'Who you are is known, and your roles do not allow this: `stele key list` shows the roles of your key; ask an administrator for one with another role.',
};

/** How a command ends with an error that is for people; undefined for one that is a bug. */
export const stopOf = (error: unknown, paint: Paint): Stop | undefined => {
  if (error instanceof Stop) return error;
  if (error instanceof Unreachable)
    return new Stop(
      `no Stele answers at ${error.url}: start one with \`npx stele serve\` or name it with --server / STELE_URL (${error.reason})`,
    );
  if (!(error instanceof SteleProblem)) return undefined;
  const todo = TODO[error.status];
  const block = problemBlock(error, paint);
  return new Stop(todo ? `${block}\n  ${todo}` : block, exitOf(error.status));
};
