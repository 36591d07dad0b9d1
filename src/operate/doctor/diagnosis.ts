import type { StreamReport } from './examination.js';
import type { ReadSideReport } from './examine-read-side.js';
import type { Finding } from './finding.js';

/** What a running node says of itself. */
export type NodeReport = {
  readonly url: string;
  readonly ready: boolean;
  readonly parts: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
};

/** Everything the doctor found out. */
export type Diagnosis = {
  readonly server: { readonly url: string; readonly version: string };
  readonly streams: readonly StreamReport[];
  readonly journal: { readonly messages: number; readonly entries: number } | null;
  readonly findings: readonly Finding[];
  /** The read side, past the nodes; null when it was not looked at, or could not be. */
  readonly read_side: ReadSideReport | null;
  /** What the node says that was asked; null when none was, or none answered. */
  readonly node: NodeReport | null;
};

/** The document of a diagnosis: all findings in one list. */
export type DiagnosisJson = Omit<Diagnosis, 'streams' | 'read_side'> & {
  readonly streams: readonly Omit<StreamReport, 'findings'>[];
  readonly read_side: Omit<ReadSideReport, 'findings'> | null;
};

export const diagnosisJson = (diagnosis: Diagnosis): DiagnosisJson => {
  const streams = diagnosis.streams.map(({ findings: _, ...rest }) => rest);
  if (!diagnosis.read_side) return { ...diagnosis, streams, read_side: null };
  const { findings: _, ...read_side } = diagnosis.read_side;
  return { ...diagnosis, streams, read_side };
};
