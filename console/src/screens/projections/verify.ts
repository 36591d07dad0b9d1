import type { ProblemBody } from '../../../../src/client/problem.js';
import { request, SteleProblem } from '../../api/http.js';
import type { Comparison } from '../../api/wire.js';

const WITHIN_MS = 620_000;

type Line = {
  readonly done?: number;
  readonly total?: number;
  readonly comparison?: Comparison;
  readonly problem?: ProblemBody;
};

/** The lines of a text that comes in pieces; what is not ended yet stays for the next piece. */
export const linesIn = (
  rest: string,
  piece: string,
): { readonly lines: readonly string[]; readonly rest: string } => {
  const parts = `${rest}${piece}`.split('\n');
  return { lines: parts.slice(0, -1).filter((one) => one !== ''), rest: parts.at(-1) ?? '' };
};

/**
 * Have the server compute all documents anew from the log, told how far it is.
 * @throws SteleProblem when it could not be done, or broke off
 */
export const verify = async (
  name: string,
  onProgress: (done: number, total: number) => void,
): Promise<Comparison> => {
  const response = await request(`/projections/${encodeURIComponent(name)}/verify`, {
    method: 'POST',
    headers: { accept: 'application/x-ndjson' },
    withinMs: WITHIN_MS,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    const found = linesIn(rest, piece.value);
    rest = found.rest;
    for (const line of found.lines) {
      const { done, total, comparison, problem } = JSON.parse(line) as Line;
      if (problem) throw new SteleProblem(problem);
      if (comparison) return comparison;
      if (done !== undefined && total !== undefined) onProgress(done, total);
    }
  }
  const message = 'the answer broke off before it was whole: ask again';
  throw new SteleProblem({ code: 'UNREACHABLE', status: 0, message });
};
