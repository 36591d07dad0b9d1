import type { DiagnosisJson as Diagnosis } from '../../api/wire.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Badge } from '../../ui/badge.js';
import { Notice } from '../../ui/notice.js';
import { verdict } from './verdict.js';

/** What is not as it must be, the worst first, each with what to do. */
export const Findings = ({ result }: { readonly result: Diagnosis }) => {
  const { tone, said } = verdict(result.findings);
  const worst = [...result.findings].sort((a, b) => a.grade.localeCompare(b.grade));
  const typeOf = (stream: string): string =>
    result.streams.find((one) => one.stream === stream)?.aggregate_type ?? stream;
  return (
    <>
      <Notice tone={tone}>
        <p>{said}</p>
      </Notice>
      <ul className="findings">
        {worst.map((one) => (
          <li key={`${one.code} ${one.stream} ${one.aggregate_id} ${one.sequence} ${one.what}`}>
            <div className="row">
              <Badge word={one.grade} tone={one.grade === 'broken' ? 'bad' : 'warn'} />
              <code>{one.code}</code>
              <span className="small soft">
                {one.stream}
                {one.sequence !== null && `:${one.sequence}`}
              </span>
              {one.aggregate_id && <ThingLink type={typeOf(one.stream)} id={one.aggregate_id} />}
            </div>
            <p>
              <Told text={one.what} />
            </p>
            <p className="small soft">What to do: {one.todo}</p>
          </li>
        ))}
      </ul>
    </>
  );
};

/** What was looked at, in numbers. */
export const Examined = ({ result }: { readonly result: Diagnosis }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
  <div className="table-wrap" tabIndex={0}>
    <table className="table">
      <caption className="visually-hidden">What was examined</caption>
      <thead>
        <tr>
          <th>Stream</th>
          <th className="num">Events</th>
          <th className="num">Aggregates</th>
          <th className="num">Snapshots</th>
          <th className="num">Claims</th>
        </tr>
      </thead>
      <tbody>
        {result.streams.map((one) => (
          <tr key={one.stream}>
            <td>{one.stream}</td>
            <td className="num">{one.events.toLocaleString('en')}</td>
            <td className="num">{one.aggregates.toLocaleString('en')}</td>
            <td className="num">{one.snapshots.toLocaleString('en')}</td>
            <td className="num">{one.claims.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
    <p className="small soft">
      {result.journal &&
        `${result.journal.entries.toLocaleString('en')} entries of the command journal. `}
      {result.read_side &&
        `${result.read_side.projections.length} projections in ${result.read_side.engine}.`}
    </p>
  </div>
);
