import { z } from 'zod';
import type { NodeReport } from '../operate/doctor/diagnosis.js';
import { type Finding, finding } from '../operate/doctor/finding.js';
import { type Answer, Client, Unreachable } from './client.js';
import { Stop } from './exit.js';

/** A node says within two seconds how it is; one that does not is as good as gone. */
const ASKED_WITHIN_MS = 3_000;

const Part = z.looseObject({
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
});
const Ready = z.looseObject({ parts: z.array(Part) });
const NotReady = z.looseObject({
  message: z.string(),
  details: z.looseObject({ not_ready: z.array(z.string()), parts: z.array(Part).default([]) }),
});

export type AskedNode = { readonly node: NodeReport | null; readonly findings: readonly Finding[] };

const read = ({ status, body }: Answer, url: string): AskedNode => {
  if (status === 200) {
    const { parts } = Ready.parse(body);
    return { node: { url, ready: true, parts }, findings: [] };
  }
  const { message, details } = NotReady.parse(body);
  const node = { url, ready: false, parts: details.parts };
  return { node, findings: [finding('NODE_NOT_READY', message, { stream: `node ${url}` })] };
};

/** Ask a node whether it is ready, and turn what is the matter into findings. */
export const askReadiness = async (url: string): Promise<AskedNode> => {
  try {
    const signal = AbortSignal.timeout(ASKED_WITHIN_MS);
    return read(await new Client(url).ask('/readyz', { signal }), url);
  } catch (error) {
    const foreign = error instanceof Stop || error instanceof z.ZodError;
    if (!foreign && !(error instanceof Unreachable)) throw error;
    const what = foreign
      ? 'what answers there is not a Stele'
      : `no node answers (${error.message})`;
    const findings = [finding('NODE_UNREACHABLE', what, { stream: `node ${url}` })];
    return { node: null, findings };
  }
};
