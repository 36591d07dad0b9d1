import { JOURNAL_STREAM } from '../core/subjects.js';
import type { Diagnosis, NodeReport } from '../operate/doctor/diagnosis.js';
import type { ReadSideReport } from '../operate/doctor/examine-read-side.js';
import type { Finding } from '../operate/doctor/finding.js';
import type { Paint } from './io.js';
import { count, table } from './table.js';

/** So many findings are shown; `--json` has all. */
const FINDINGS_MAX = 50;

const verdict = (findings: readonly Finding[], paint: Paint): string => {
  const broken = findings.filter(({ grade }) => grade === 'broken').length;
  if (broken > 0) return paint('red', `✗ ${count(broken, 'finding')}`);
  return findings.length > 0 ? paint('yellow', '! see below') : paint('green', '✓ sound');
};

const findingText = (one: Finding, paint: Paint): string => {
  const at = [
    one.stream,
    ...(one.aggregate_id === null ? [] : [one.aggregate_id]),
    ...(one.sequence === null ? [] : [`message ${one.sequence}`]),
  ].join(' · ');
  const mark =
    one.grade === 'broken' ? paint('red', `✗ ${one.code}`) : paint('yellow', `! ${one.code}`);
  return `${mark}  ${paint('bold', at)}\n    ${one.what}\n    ${paint('dim', `→ ${one.todo}`)}`;
};

const readSideTable = (
  { engine, projections }: ReadSideReport,
  findings: readonly Finding[],
  paint: Paint,
): string => {
  const number = (n: number) => n.toLocaleString('en');
  const rows = projections.map((one) => [
    one.name,
    one.version === null ? '' : String(one.version),
    number(one.documents),
    one.sources.map(({ source, sequence, end }) => `${source}:${sequence}/${end}`).join(' '),
    number(one.parked_events),
    verdict(
      findings.filter(({ stream }) => stream === `projection ${one.name}`),
      paint,
    ),
  ]);
  const heading = ['PROJECTION', 'VERSION', 'DOCUMENTS', 'TAKEN', 'PARKED', 'RESULT'];
  return `read store: ${engine}\n\n${table(heading, rows)}`;
};

const nodeText = ({ url, ready, parts }: NodeReport, paint: Paint): string =>
  [
    `node ${url}  ${ready ? paint('green', '✓ ready') : paint('red', '✗ not ready')}`,
    ...parts
      .filter(({ state }) => state !== 'up' && state !== 'running')
      .map(({ name, state, reason }) => `  ${name}: ${state}${reason ? `, ${reason}` : ''}`),
  ].join('\n');

/** The result for people: the server, a table of the streams, what was found and what to do. */
export const diagnosisText = (
  diagnosis: Diagnosis,
  paint: Paint,
  worthKnowing: readonly string[] = [],
): string => {
  const { server, streams, journal, findings, read_side, node } = diagnosis;
  const at = (stream: string) => findings.filter((one) => one.stream === stream);
  const number = (n: number) => n.toLocaleString('en');
  const rows = streams.map((one) => [
    one.stream,
    ...[one.messages, one.events, one.aggregates, one.snapshots, one.claims].map(number),
    verdict(at(one.stream), paint),
  ]);
  if (journal)
    rows.push([
      JOURNAL_STREAM,
      number(journal.messages),
      '',
      '',
      '',
      '',
      verdict(at(JOURNAL_STREAM), paint),
    ]);
  const heading = ['STREAM', 'MESSAGES', 'EVENTS', 'AGGREGATES', 'SNAPSHOTS', 'CLAIMS', 'RESULT'];
  const shown = findings.slice(0, FINDINGS_MAX);
  const more = findings.length - shown.length;
  const broken = findings.filter(({ grade }) => grade === 'broken').length;
  return [
    `nats-server ${server.version} at ${server.url}`,
    ...worthKnowing.map((one) => paint('yellow', `! ${one}`)),
    '',
    ...(rows.length > 0 ? [table(heading, rows), ''] : []),
    ...(read_side ? [readSideTable(read_side, findings, paint), ''] : []),
    ...(node ? [nodeText(node, paint), ''] : []),
    ...shown.map((one) => findingText(one, paint)),
    ...(more > 0 ? [`… and ${more} more; --json lists all`] : []),
    ...(findings.length > 0 ? [''] : []),
    broken === 0
      ? paint(
          'green',
          rows.length > 0
            ? 'Nothing is broken: every hash, version, snapshot and claim is as it must be.'
            : 'Nothing is broken.',
        )
      : paint('red', `${count(broken, 'thing is', 'things are')} broken.`),
  ].join('\n');
};
