/** What the doctor found, as `stele doctor --json` prints it. */
export type Finding = {
  readonly code: string;
  readonly grade: 'broken' | 'odd';
  readonly stream: string;
  readonly aggregate_id: string | null;
  readonly sequence: number | null;
  readonly what: string;
  readonly todo: string;
};
export type Diagnosis = {
  readonly server: { readonly url: string; readonly version: string };
  readonly streams: readonly {
    readonly stream: string;
    readonly aggregate_type: string;
    readonly messages: number;
    readonly events: number;
    readonly aggregates: number;
    readonly snapshots: number;
    readonly claims: number;
  }[];
  readonly journal: { readonly messages: number; readonly entries: number } | null;
  readonly findings: readonly Finding[];
  readonly read_side: {
    readonly engine: string;
    readonly projections: readonly { readonly name: string; readonly documents: number }[];
  } | null;
};
export type DoctorStatus = {
  readonly state: 'never' | 'running' | 'done' | 'failed';
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly reason: string | null;
  readonly result: Diagnosis | null;
};

/** In a sentence: is it sound? */
export const verdict = (
  findings: readonly Finding[],
): { readonly tone: 'good' | 'warn' | 'bad'; readonly said: string } => {
  const broken = findings.filter(({ grade }) => grade === 'broken').length;
  const odd = findings.length - broken;
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  if (broken > 0)
    return {
      tone: 'bad',
      said: `${count(broken, 'thing')} ${broken === 1 ? 'is' : 'are'} broken${odd > 0 ? `, and ${odd} odd` : ''}.`,
    };
  if (odd > 0)
    return { tone: 'warn', said: `Nothing is lost or altered. ${count(odd, 'thing')} to know:` };
  return {
    tone: 'good',
    said: 'Nothing is lost, nothing is altered, nothing contradicts the log.',
  };
};
