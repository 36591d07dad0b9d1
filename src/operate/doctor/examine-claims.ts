import type { Aggregate } from '../../core/aggregate.js';
import { AGGREGATE_ID } from '../../core/ids.js';
import { BOUNDARY_SCOPE } from '../../write/runtime/boundaries.js';
import { type ClaimChange, claimChanges } from '../../write/runtime/claim-changes.js';
import { extend, type Folded, nothing } from '../../write/runtime/load.js';
import type { Claim, ClaimKey } from '../../write/store/event-log.js';
import { type Examination, each, type Known, type StreamReport } from './examination.js';
import { finding } from './finding.js';

type Around = Pick<Examination, 'store' | 'definition' | 'pace'>;

/** Claims asked for at a time. */
const CLAIMS_AT_ONCE = 100;

/** The keys that an aggregate in this state holds. */
const keysOf = (definition: Aggregate, { state }: Folded): ClaimChange[] =>
  claimChanges(definition, definition.initial, state).filter(({ hold }) => hold);

const nameOf = ({ scope, key }: ClaimKey): string => `${scope}.${key}`;

/** The claims, or the findings that they cannot be read. */
const read = async (
  { store, definition }: Around,
  keys: readonly ClaimKey[],
  report: StreamReport,
): Promise<readonly (Claim | undefined)[]> => {
  try {
    return await store.claims(definition, keys);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    if (keys.length > 1) {
      const single = keys.map((key) => read({ store, definition }, [key], report));
      return (await Promise.all(single)).flat();
    }
    const what = `the claim ${nameOf(keys[0]!)} cannot be read: ${error.message}`;
    report.findings.push(finding('CLAIM_UNREADABLE', what, { stream: report.stream }));
    return [undefined];
  }
};

/** What the log says of an aggregate right now: it may have changed since it was looked at. */
const holdsNow = async (
  { store, definition }: Around,
  id: string,
  key: ClaimKey,
): Promise<boolean> => {
  if (!AGGREGATE_ID.test(id)) return false; // a forged holder
  const events = await store.read(definition, id, 1);
  const folded = extend(definition, nothing(definition), events);
  return keysOf(definition, folded).some((one) => nameOf(one) === nameOf(key));
};

/** Does each aggregate hold the keys that its state says? */
const examineHeld = async (
  around: Around,
  id: string,
  folded: Folded,
  report: StreamReport,
): Promise<void> => {
  const keys = keysOf(around.definition, folded);
  if (keys.length === 0) return;
  const claims = await read(around, keys, report);
  for (const [index, key] of keys.entries()) {
    const claim = claims[index];
    if (!claim || claim.holder === id || !(await holdsNow(around, id, key))) continue;
    const [now] = await read(around, [key], report);
    if (!now || now.holder === id) continue;
    const holder = now.holder === null ? 'nobody' : now.holder;
    const what = `${key.scope} "${key.label}" belongs to it, but ${holder} holds it`;
    report.findings.push(finding('CLAIM_NOT_HELD', what, { stream: report.stream, id }));
  }
};

/** Is each key that is held held by an aggregate whose state says so? */
const examineOrphans = async (
  around: Around,
  { aggregates, claims }: Known,
  report: StreamReport,
): Promise<void> => {
  const held = new Set<string>();
  for (const folded of aggregates.values())
    if (folded) for (const key of keysOf(around.definition, folded)) held.add(nameOf(key));
  const others: ClaimKey[] = [...claims]
    .filter((name) => !held.has(name))
    .map((name) => {
      const [scope = '', key = ''] = name.split('.');
      return { scope, key };
    });
  for (let at = 0; at < others.length; at += CLAIMS_AT_ONCE) {
    await around.pace?.();
    const keys = others.slice(at, at + CLAIMS_AT_ONCE);
    for (const [index, claim] of (await read(around, keys, report)).entries()) {
      if (!claim || claim.holder === null) continue;
      const { holder } = claim;
      const broken = aggregates.has(holder) && !aggregates.get(holder);
      if (broken || (await holdsNow(around, holder, keys[index]!))) continue;
      const what = `the claim ${nameOf(keys[index]!)} is held by ${holder}, whose events do not say so`;
      const { sequence } = claim;
      const { stream } = report;
      report.findings.push(finding('CLAIM_ORPHANED', what, { stream, id: holder, sequence }));
    }
  }
};

/** Do claims and events say the same? Suspicions are looked at again: the log may be growing. */
export const examineClaims = async (
  around: Around,
  known: Known,
  report: StreamReport,
): Promise<void> => {
  const claims = new Set(
    [...known.claims].filter((name) => !name.startsWith(`${BOUNDARY_SCOPE}.`)),
  );
  report.claims = claims.size;
  await each(
    known.aggregates,
    async ([id, folded]) => {
      if (folded) await examineHeld(around, id, folded, report);
    },
    around.pace,
  );
  await examineOrphans(around, { ...known, claims }, report);
};
