import { packedHash } from '../../core/accepted-commands.js';
import { extend, type Folded, nothing, stateHash } from '../../write/runtime/load.js';
import type { Snapshot } from '../../write/store/snapshots.js';
import type { Examination, StreamReport } from './examination.js';
import { finding } from './finding.js';

/** What differs between a snapshot and the replay up to its version. */
const differences = (snapshot: Snapshot, replayed: Folded): string[] => {
  const hash = stateHash(replayed.state);
  const different: [string, boolean][] = [
    ['state', snapshot.state_hash !== hash || stateHash(snapshot.state) !== hash],
    ['sequence', snapshot.sequence !== replayed.sequence],
    ['head', snapshot.head !== replayed.head],
    ['accepted commands', packedHash(snapshot.accepted) !== replayed.accepted.hash()],
  ];
  return different.filter(([, differs]) => differs).map(([name]) => name);
};

/** Is the snapshot of one aggregate what its events say? One of another definition is not used. */
export const examineSnapshot = async (
  { store, definition }: Pick<Examination, 'store' | 'definition'>,
  id: string,
  report: StreamReport,
): Promise<void> => {
  const snapshot = await store.snapshot(definition, id);
  if (!snapshot) return;
  report.snapshots += 1;
  if (snapshot.definition !== definition.hash) return;
  const { stream } = report;
  const at = { stream, id, sequence: snapshot.sequence };
  const events = await store.read(definition, id, 1);
  const upTo = events.filter((event) => event.aggregate_version <= snapshot.version);
  if (upTo.length < snapshot.version) {
    const end = events.at(-1)?.aggregate_version ?? 0;
    const what = `the snapshot is of version ${snapshot.version}, the log ends at ${end}`;
    report.findings.push(finding('SNAPSHOT_AHEAD', what, at));
    return;
  }
  const different = differences(snapshot, extend(definition, nothing(definition), upTo));
  if (different.length === 0) return;
  const what = `the snapshot of version ${snapshot.version} is not what the events say: ${different.join(', ')}`;
  report.findings.push(finding('SNAPSHOT_WRONG', what, at));
};
