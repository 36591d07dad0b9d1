import { useEffect, useRef, useState } from 'react';
import { onEvent } from '../../api/follow-events.js';
import type { StoredEvent } from '../../api/types.js';
import { ThingLink } from '../../names/thing-link.js';
import { Empty } from '../../ui/empty.js';
import { Time } from '../../ui/time.js';

const KEPT = 50;
/** However many events come, the list is drawn at most this often. */
const DRAWN_EVERY_MS = 250;

/** What actors do just now, on all nodes. */
export const Transitions = () => {
  const [events, setEvents] = useState<readonly StoredEvent[]>([]);
  const [paused, setPaused] = useState(false);
  const [missed, setMissed] = useState(0);
  const waiting = useRef<StoredEvent[]>([]);
  useEffect(() => {
    const stop = onEvent((event) => {
      waiting.current = [event, ...waiting.current].slice(0, KEPT);
      if (paused) setMissed((before) => before + 1);
    });
    const timer = setInterval(() => {
      if (paused || waiting.current.length === 0) return;
      const fresh = waiting.current;
      waiting.current = [];
      setEvents((before) => [...fresh, ...before].slice(0, KEPT));
      setMissed(0);
    }, DRAWN_EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [paused]);
  return (
    <section className="card" aria-label="Live transitions">
      <header>
        <h2>As it happens</h2>
        <button
          type="button"
          className="button small"
          aria-pressed={paused}
          onClick={() => setPaused((before) => !before)}
        >
          {paused ? `Resume${missed > 0 ? ` (${missed} new)` : ''}` : 'Pause'}
        </button>
      </header>
      {events.length === 0 ? (
        <Empty title="Nothing has happened since this page was opened">
          <p>Send a command, and its events appear here.</p>
        </Empty>
      ) : (
        <ol className="feed body">
          {events.map((one) => (
            <li key={one.event_id}>
              <div>
                <strong>{one.event_type}</strong> {one.aggregate_type}{' '}
                <ThingLink type={one.aggregate_type} id={one.aggregate_id} /> version{' '}
                {one.aggregate_version}
              </div>
              <div className="small soft">
                {one.actor} · <Time at={one.recorded_at} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
