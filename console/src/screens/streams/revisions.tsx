import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import type { Entry } from '../../api/wire.js';
import { Answered } from '../../ui/answered.js';
import { CopyId } from '../../ui/copy-id.js';
import { Time } from '../../ui/time.js';
import { fieldsThatDiffer } from '../projections/troubles.js';
import { PayloadShown } from './payload-shown.js';

const text = (value: unknown): string => JSON.stringify(value) ?? 'not there';

const Difference = ({ now, before }: { readonly now: Entry; readonly before: Entry }) => {
  if (now.encoding !== 'json' || before.encoding !== 'json') return null;
  const fields = fieldsThatDiffer(before.payload, now.payload);
  return (
    <ul className="small revision-diff">
      {fields.map(({ field, first, second }) => (
        <li key={field}>
          <strong>{field}</strong>: <del>{text(first)}</del> → <ins>{text(second)}</ins>
        </li>
      ))}
    </ul>
  );
};

/** What a key holds and held, the newest first, and what changed from one to the next. */
export const Revisions = ({
  bucket,
  entry: key,
}: {
  readonly bucket: string;
  readonly entry: string;
}) => {
  const answer = useAnswer<{ entries: readonly Entry[] }>(`/buckets/${seg(bucket)}/entries`, {
    key,
  });
  return (
    <section className="card" aria-label="Revisions">
      <header>
        <h2>What it holds</h2>
        <CopyId id={key} full />
      </header>
      <div className="body stack">
        <Answered answer={answer}>
          {({ entries }) => (
            <>
              {entries.map((one, nth) => {
                const before = entries[nth + 1];
                return (
                  <details key={one.revision} open={nth === 0}>
                    <summary>
                      Revision {one.revision}, {one.operation}, <Time at={one.at} />
                    </summary>
                    {before && <Difference now={one} before={before} />}
                    {one.operation === 'put' && <PayloadShown shown={one} />}
                  </details>
                );
              })}
            </>
          )}
        </Answered>
      </div>
    </section>
  );
};
