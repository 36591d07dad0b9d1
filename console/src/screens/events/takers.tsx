import { Link } from 'wouter';
import { seg } from '../../api/address.js';
import type { StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { type Taker, takenBy } from '../../history/taken-by.js';
import { Answered } from '../../ui/answered.js';
import { Badge } from '../../ui/badge.js';

/** The read models that an event went into. */
export const Takers = ({ event }: { readonly event: StoredEvent }) => {
  const may = useMay('operate');
  const answer = useAnswer<{ readonly projections: readonly Taker[] }>(
    may ? '/projections' : null,
    {},
    { follows: [event.aggregate_type] },
  );
  if (!may)
    return <p className="small soft">Which read models took it is for whoever may operate.</p>;
  return (
    <Answered answer={answer}>
      {({ projections }) => (
        <ul className="takers">
          {takenBy(event, projections).map(({ name, has }) => (
            <li key={name} className="row">
              <Badge word={has ? 'has it' : 'not yet'} tone={has ? 'good' : 'warn'} />
              <Link href={`/projections/${seg(name)}`}>{name}</Link>
            </li>
          ))}
        </ul>
      )}
    </Answered>
  );
};
