import { Link, useParams } from 'wouter';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import { SearchBox } from '../../ui/search-box.js';
import { Revisions } from './revisions.js';
import './streams.css';
import type { BucketState } from '../../api/wire.js';

const KEYS = 100;

const Keys = ({ bucket }: { readonly bucket: string }) => {
  const { get, patch } = useUrlState();
  const answer = useAnswer<{ keys: readonly string[]; next: string | null }>(
    `/buckets/${seg(bucket)}/keys`,
    { prefix: get('prefix'), after: get('after'), limit: KEYS },
  );
  const chosen = get('key');
  return (
    <section className="card" aria-label="Keys">
      <header>
        <h2>Keys</h2>
        <div>
          <SearchBox name="prefix" label="Keys that begin with" />
        </div>
      </header>
      <div className="body stack">
        <Answered answer={answer}>
          {({ keys, next }) =>
            keys.length === 0 ? (
              <Empty title="No key begins so" />
            ) : (
              <>
                <ul className="keys">
                  {keys.map((key) => (
                    <li key={key}>
                      <button
                        type="button"
                        className="button quiet small mono"
                        aria-current={key === chosen ? 'true' : undefined}
                        onClick={() => patch({ key })}
                      >
                        {key}
                      </button>
                    </li>
                  ))}
                </ul>
                <div className="row">
                  {get('after') && (
                    <button
                      type="button"
                      className="button small"
                      onClick={() => patch({ after: null })}
                    >
                      From the first
                    </button>
                  )}
                  {next && (
                    <button
                      type="button"
                      className="button small"
                      onClick={() => patch({ after: next })}
                    >
                      More
                    </button>
                  )}
                </div>
              </>
            )
          }
        </Answered>
      </div>
    </section>
  );
};

/** One bucket: its keys, and what each held over time. */
export const Bucket = () => {
  const { name = '' } = useParams<{ name: string }>();
  const { get } = useUrlState();
  const key = get('key');
  const answer = useAnswer<{ buckets: readonly BucketState[] }>('/buckets');
  return (
    <Page title={name} crumbs={<Link href="/streams">Streams and snapshots</Link>}>
      <Answered answer={answer}>
        {({ buckets }) => {
          const bucket = buckets.find((one) => one.name === name);
          if (!bucket)
            return (
              <Empty title="There is no such bucket">
                <Link href="/streams">To those there are</Link>
              </Empty>
            );
          return (
            <>
              {bucket.hidden && (
                <Notice tone="info">
                  <p>It holds hashes of credentials. They are shown to nobody, only their keys.</p>
                </Notice>
              )}
              <div className="bucket">
                <Keys bucket={name} />
                {!bucket.hidden &&
                  (key ? (
                    <Revisions bucket={name} entry={key} />
                  ) : (
                    <Empty title="Choose a key">
                      <p>What it holds, and what it held before, is shown here.</p>
                    </Empty>
                  ))}
              </div>
            </>
          );
        }}
      </Answered>
    </Page>
  );
};
