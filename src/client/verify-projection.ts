import { readStream } from './read-stream.js';
import { splitLines } from './split-lines.js';
import { type ProblemBody, SteleProblem } from './stele-problem.js';
import type { Transport } from './transport.js';

/** A computation that says nothing for this long is given up. */
const SILENT_MS = 120_000;

type Line<C> = {
  readonly done?: number;
  readonly total?: number;
  readonly comparison?: C;
  readonly problem?: ProblemBody;
};
export type Verifying = {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onProgress: (done: number, total: number) => void;
};

/**
 * Have the documents of a projection computed anew from the log and compared, told how far it is.
 * @throws SteleProblem when it could not be done, or broke off
 */
export const verifyProjection = async <C>(
  transport: Transport,
  { name, headers, onProgress }: Verifying,
): Promise<C> => {
  const response = await transport.ask({
    method: 'POST',
    path: `/projections/${encodeURIComponent(name)}/verify`,
    headers: { ...headers, accept: 'application/x-ndjson' },
    streams: true,
    withinMs: SILENT_MS,
  });
  const split = (text: ReadableStream<string>) => text.pipeThrough(splitLines());
  try {
    for await (const line of readStream(response.body!, split, { silentMs: SILENT_MS })) {
      const { done, total, comparison, problem } = JSON.parse(line) as Line<C>;
      if (problem) throw new SteleProblem(problem);
      if (comparison) return comparison;
      if (done !== undefined && total !== undefined) onProgress(done, total);
    }
  } catch (error) {
    throw error instanceof SteleProblem ? error : brokeOff((error as Error).message);
  }
  throw brokeOff('it ended');
};

const brokeOff = (why: string): SteleProblem => {
  const message = `the answer broke off before it was whole (${why}): ask again`;
  return new SteleProblem({ code: 'UNREACHABLE', status: 0, message });
};
