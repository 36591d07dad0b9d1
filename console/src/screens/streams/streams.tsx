import { Link } from 'wouter';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';
import { Page } from '../../ui/page.js';
import { durationText, Time } from '../../ui/time.js';
import { guards } from './guards.js';
import { sizeText } from './size-text.js';
import './streams.css';
import type { BucketState, StreamState } from '../../api/wire.js';

const EVERY_MS = 5_000;

const StreamRow = ({ one }: { readonly one: StreamState }) => {
  const { safe, said } = guards(one);
  return (
    <tr>
      <td>
        <Link href={`/streams/${one.name}`}>{one.name}</Link>
        <div className="small soft">{one.aggregate_type ?? one.kind}</div>
      </td>
      <td className="num">{one.messages.toLocaleString('en')}</td>
      <td className="num">{sizeText(one.bytes)}</td>
      <td>
        <Time at={one.last_at} />
      </td>
      <td className="num">{one.consumers.length}</td>
      <td className="num">{one.replicas}</td>
      <td>
        {one.kind === 'events' ? (
          <span title={said}>
            <Badge word={safe ? 'append only' : 'not protected'} tone={safe ? 'good' : 'bad'} />
          </span>
        ) : (
          <span className="faint">–</span>
        )}
      </td>
    </tr>
  );
};

const BucketRow = ({ one }: { readonly one: BucketState }) => (
  <tr>
    <td>
      <Link href={`/buckets/${one.name}`}>{one.name}</Link>
      <div className="small soft">{one.kind}</div>
    </td>
    <td className="num">{one.values.toLocaleString('en')}</td>
    <td className="num">{sizeText(one.bytes)}</td>
    <td className="num">{one.history}</td>
    <td className="num">{one.replicas}</td>
    <td>{one.ttl_ms === null ? 'for ever' : durationText(one.ttl_ms / 1_000)}</td>
    <td>
      {one.hidden ? 'hashes of credentials: shown to nobody' : <span className="faint">–</span>}
    </td>
  </tr>
);

/** What is stored, and who reads it. There is no way here to delete anything. */
export const Streams = () => {
  const streams = useAnswer<{ streams: readonly StreamState[] }>(
    '/streams',
    {},
    { everyMs: EVERY_MS },
  );
  const buckets = useAnswer<{ buckets: readonly BucketState[] }>(
    '/buckets',
    {},
    { everyMs: EVERY_MS },
  );
  return (
    <Page
      title="Streams and snapshots"
      lead="The log itself: one stream per aggregate type. Snapshots in buckets make loading fast and can be made anew at any time. Events are never deleted."
    >
      <section className="card" aria-label="Streams">
        <header>
          <h2>Streams</h2>
        </header>
        <Answered answer={streams}>
          {({ streams: all }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
            <div className="table-wrap" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th>Stream</th>
                    <th className="num">Messages</th>
                    <th className="num">Size</th>
                    <th>Last message</th>
                    <th className="num">Readers</th>
                    <th className="num">Copies</th>
                    <th>Protection</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((one) => (
                    <StreamRow key={one.name} one={one} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Answered>
      </section>
      <section className="card" aria-label="Buckets">
        <header>
          <h2>Buckets</h2>
        </header>
        <Answered answer={buckets}>
          {({ buckets: all }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
            <div className="table-wrap" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th>Bucket</th>
                    <th className="num">Values</th>
                    <th className="num">Size</th>
                    <th className="num">Revisions kept</th>
                    <th className="num">Copies</th>
                    <th>Kept</th>
                    <th>Note</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((one) => (
                    <BucketRow key={one.name} one={one} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Answered>
      </section>
    </Page>
  );
};
