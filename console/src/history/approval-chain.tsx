import { Link } from 'wouter';
import { seg } from '../api/address.js';
import type { Page, StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { wordsOf } from '../forms/words-of.js';
import { ThingLink, Told } from '../names/thing-link.js';
import { Answered } from '../ui/answered.js';
import { CopyId } from '../ui/copy-id.js';
import { Skeleton } from '../ui/skeleton.js';
import { Time } from '../ui/time.js';
import { reasonsOf } from './taken-by.js';

const STEPS_MAX = 20;

/** Who asked for it and who allowed it: an approval has a life of its own, told by its events. */
export const ApprovalChain = ({ id }: { readonly id: string }) => {
  const query = { aggregate_id: id, sort: 'recorded_at,aggregate_version', limit: STEPS_MAX };
  const answer = useAnswer<Page<StoredEvent>>('/audit', query, { follows: [] });
  return (
    <Answered answer={answer} skeleton={<Skeleton lines={2} />}>
      {({ items }) => {
        const [first] = items;
        if (!first)
          return (
            <p>
              <CopyId id={id} full />{' '}
              <span className="small soft">an approval that was given outside of Stele</span>
            </p>
          );
        return (
          <div className="stack">
            <ol className="approval told">
              {items.map((one) => (
                <li key={one.event_id}>
                  <strong>{wordsOf(one.event_type)}</strong> by {one.actor}
                  <span className="small soft">
                    <Time at={one.occurred_at} />{' '}
                    <Link href={`/events/${seg(one.event_id)}`}>trace</Link>
                  </span>
                  {reasonsOf(one).map((reason) => (
                    <span key={reason} className="small soft">
                      “<Told text={reason} />”
                    </span>
                  ))}
                </li>
              ))}
            </ol>
            <span>
              Approval: <ThingLink type={first.aggregate_type} id={id} />
            </span>
          </div>
        );
      }}
    </Answered>
  );
};
