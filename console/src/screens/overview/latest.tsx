import { Link } from 'wouter';
import { seg } from '../../api/address.js';
import type { Page, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { ThingLink } from '../../names/thing-link.js';
import { Answered } from '../../ui/answered.js';
import { Time } from '../../ui/time.js';

const SHOWN = 10;

/** What happened last; new ones come on top by themselves. */
export const Latest = () => {
  const answer = useAnswer<Page<StoredEvent>>(
    '/audit',
    { limit: SHOWN, sort: '-recorded_at' },
    { reflects: true },
  );
  return (
    <section className="card" aria-labelledby="latest">
      <header>
        <h2 id="latest">Latest events</h2>
        <Link href="/events">All events</Link>
      </header>
      <Answered answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="body soft">Nothing has happened yet.</p>
          ) : (
            <ol className="latest">
              {items.map((one) => (
                <li key={one.event_id}>
                  <Link href={`/events/${seg(one.event_id)}`} className="what">
                    {one.event_type}
                  </Link>
                  <span className="small ellipsis">
                    <span className="soft">{one.aggregate_type} </span>
                    <ThingLink type={one.aggregate_type} id={one.aggregate_id} copy={false} />
                  </span>
                  <span className="small soft when">
                    <Time at={one.recorded_at} />
                  </span>
                  <span className="small soft who ellipsis">by {one.actor}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
    </section>
  );
};
