import { useState } from 'react';
import { Link } from 'wouter';
import { seg } from '../../api/address.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import type { MessagePage, StoredMessage, StreamState } from '../../api/wire.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { Time } from '../../ui/time.js';
import { PayloadShown } from './payload-shown.js';
import { sizeText } from './size-text.js';

const PAGE = 25;

const eventOf = (payload: unknown): string | undefined => {
  const id =
    typeof payload === 'object' && payload !== null && 'event_id' in payload
      ? payload.event_id
      : undefined;
  return typeof id === 'string' ? id : undefined;
};

const MessageRow = ({ message }: { readonly message: StoredMessage }) => {
  const [open, setOpen] = useState(false);
  const event = eventOf(message.payload);
  return (
    <>
      <tr>
        <td className="num">{message.sequence.toLocaleString('en')}</td>
        <td>
          <button
            type="button"
            className="button small quiet"
            aria-expanded={open}
            onClick={() => setOpen((before) => !before)}
          >
            {open ? 'Close' : 'Open'}
          </button>
        </td>
        <td>
          <code>{message.subject}</code>
        </td>
        <td>
          <Time at={message.at} />
        </td>
        <td className="num">{sizeText(message.size)}</td>
      </tr>
      {open && (
        <tr>
          <td colSpan={5}>
            <div className="message-open">
              <div className="stack">
                <h3>Headers</h3>
                <dl className="facts small">
                  {Object.entries(message.headers).map(([name, values]) => (
                    <div key={name} className="header-pair">
                      <dt>{name}</dt>
                      <dd>
                        <code>{values.join(', ')}</code>
                      </dd>
                    </div>
                  ))}
                </dl>
                {event && <Link href={`/events/${event}`}>This event and what it caused</Link>}
              </div>
              <PayloadShown shown={message} />
            </div>
          </td>
        </tr>
      )}
    </>
  );
};

/** The messages of a stream from a sequence on. The address holds where. */
export const Messages = ({ stream }: { readonly stream: StreamState }) => {
  const { get, patch } = useUrlState();
  const { first_sequence: first, last_sequence: last } = stream;
  const latest = Math.max(first, last - PAGE + 1);
  const from = Number(get('from') ?? latest);
  const answer = useAnswer<MessagePage>(
    `/streams/${seg(stream.name)}/messages`,
    { from: Math.max(1, from), limit: PAGE },
    { enabled: stream.messages > 0 },
  );
  const go = (to: number): void => patch({ from: String(Math.min(Math.max(first, to), last)) });
  return (
    <section className="card" aria-label="Messages">
      <header>
        <h2>Messages</h2>
        <div className="row">
          <button type="button" className="button small" onClick={() => go(first)}>
            First
          </button>
          <button
            type="button"
            className="button small"
            disabled={from <= first}
            onClick={() => go(from - PAGE)}
          >
            Before
          </button>
          <label className="row small">
            From
            <input
              type="number"
              className="input sequence"
              min={first}
              max={last}
              value={from}
              onChange={({ target }) => patch({ from: target.value }, { replace: true })}
            />
          </label>
          <button
            type="button"
            className="button small"
            disabled={from + PAGE > last}
            onClick={() => go(from + PAGE)}
          >
            After
          </button>
          <button type="button" className="button small" onClick={() => patch({ from: null })}>
            Latest
          </button>
        </div>
      </header>
      {stream.messages === 0 ? (
        <Empty title="Nothing was written to it yet" />
      ) : (
        <Answered answer={answer}>
          {({ messages }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
            <div className="table-wrap" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th className="num">Sequence</th>
                    <th>
                      <span className="visually-hidden">Open</span>
                    </th>
                    <th>Subject</th>
                    <th>Written</th>
                    <th className="num">Size</th>
                  </tr>
                </thead>
                <tbody>
                  {messages.map((message) => (
                    <MessageRow key={message.sequence} message={message} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Answered>
      )}
    </section>
  );
};
