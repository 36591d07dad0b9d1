import { Link, useParams } from 'wouter';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { Answered } from '../../ui/answered.js';
import { Notice } from '../../ui/notice.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';
import { guards } from './guards.js';
import { Messages } from './messages.js';
import { sizeText } from './size-text.js';
import './streams.css';
import type { ConsumerState, StreamState } from '../../api/wire.js';

const EVERY_MS = 5_000;

const Consumers = ({ all }: { readonly all: readonly ConsumerState[] }) => (
  <section className="card" aria-label="Readers">
    <header>
      <h2>Readers</h2>
      <span className="small soft">consumers of this stream on the server</span>
    </header>
    {all.length === 0 ? (
      <p className="body soft">Nobody reads it just now.</p>
    ) : (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
      <div className="table-wrap" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th>Consumer</th>
              <th className="num">Delivered</th>
              <th className="num">Acknowledged</th>
              <th className="num">Still to come</th>
              <th className="num">Under way</th>
              <th className="num">Again</th>
              <th>Since</th>
            </tr>
          </thead>
          <tbody>
            {all.map((one) => (
              <tr key={one.name}>
                <td>
                  <code>{one.name}</code>
                  <div className="small soft">{one.durable ? 'durable' : 'passing'}</div>
                </td>
                <td className="num">{one.delivered.toLocaleString('en')}</td>
                <td className="num">{one.ack_floor.toLocaleString('en')}</td>
                <td className="num">{one.pending.toLocaleString('en')}</td>
                <td className="num">{one.ack_pending.toLocaleString('en')}</td>
                <td className="num">{one.redelivered.toLocaleString('en')}</td>
                <td>
                  <Time at={one.created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
);

const Facts = ({ one }: { readonly one: StreamState }) => (
  <section className="card" aria-label="Storage">
    <header>
      <h2>Storage</h2>
    </header>
    <dl className="facts body">
      <dt>Subjects</dt>
      <dd>
        <code>{one.subjects.join(', ')}</code>
      </dd>
      <dt>Messages</dt>
      <dd>
        {one.messages.toLocaleString('en')}, {sizeText(one.bytes)}
      </dd>
      <dt>Sequences</dt>
      <dd>
        {one.first_sequence.toLocaleString('en')} to {one.last_sequence.toLocaleString('en')}
      </dd>
      <dt>From, to</dt>
      <dd>
        <Time at={one.first_at} /> to <Time at={one.last_at} />
      </dd>
      <dt>Copies</dt>
      <dd>
        {one.replicas} on {one.storage}, led by {one.leader ?? 'nobody just now'}
      </dd>
    </dl>
  </section>
);

/** One stream: how it is kept, who reads it, and every message as it was written. */
export const Stream = () => {
  const { name = '' } = useParams<{ name: string }>();
  const answer = useAnswer<StreamState>(`/streams/${seg(name)}`, {}, { everyMs: EVERY_MS });
  return (
    <Page title={name} crumbs={<Link href="/streams">Streams and snapshots</Link>}>
      <Answered answer={answer}>
        {(one) => (
          <>
            {one.kind === 'events' && (
              <Notice tone={guards(one).safe ? 'good' : 'bad'}>
                <p>{guards(one).said}</p>
              </Notice>
            )}
            <Facts one={one} />
            <Consumers all={one.consumers} />
            <Messages stream={one} />
          </>
        )}
      </Answered>
    </Page>
  );
};
