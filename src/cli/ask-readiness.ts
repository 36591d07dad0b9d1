import { z } from 'zod';
import { SteleProblem } from '../client/stele-problem.js';
import { Transport } from '../client/transport.js';
import { Unreachable } from '../client/unreachable.js';
import type { NodeReport } from '../operate/doctor/diagnosis.js';
import { type Finding, finding } from '../operate/doctor/finding.js';

/** A node says within two seconds how it is; one that does not is as good as gone. */
const ASKED_WITHIN_MS = 3_000;

const Part = z.looseObject({
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});
const Ready = z.looseObject({ parts: z.array(Part) });
const NotReady = z.looseObject({
  not_ready: z.array(z.string()),
  parts: z.array(Part).default([]),
});

export type AskedNode = { readonly node: NodeReport | null; readonly findings: readonly Finding[] };

const notReady = (url: string, { details, message }: SteleProblem): AskedNode => {
  const node = { url, ready: false, parts: NotReady.parse(details).parts };
  return { node, findings: [finding('NODE_NOT_READY', message, { stream: `node ${url}` })] };
};

const askNode = async (url: string): Promise<AskedNode> => {
  try {
    const transport = new Transport({ url, retries: 0 });
    const body = await transport.json({ path: '/readyz', withinMs: ASKED_WITHIN_MS });
    return { node: { url, ready: true, parts: Ready.parse(body).parts }, findings: [] };
  } catch (error) {
    if (error instanceof SteleProblem && !(error instanceof Unreachable))
      return notReady(url, error);
    throw error;
  }
};

/** Ask a node whether it is ready, and turn what is the matter into findings. */
export const askReadiness = async (url: string): Promise<AskedNode> => {
  try {
    return await askNode(url);
  } catch (error) {
    const foreign = error instanceof z.ZodError;
    if (!foreign && !(error instanceof Unreachable)) throw error;
    const what = foreign
      ? 'what answers there is not a Stele'
      : `no node answers (${error.reason})`;
    const findings = [finding('NODE_UNREACHABLE', what, { stream: `node ${url}` })];
    return { node: null, findings };
  }
};
