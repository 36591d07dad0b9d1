import { useMemo } from 'react';
import { chartFrom } from '../../../src/core/picture/chart-from.js';
import { LifecyclePicture } from '../lifecycle/lifecycle-picture.js';
import type { MachineJson } from '../lifecycle/use-lifecycle.js';
import { ShownValue } from '../names/shown-value.js';
import { Badge } from '../ui/badge.js';
import { Notice } from '../ui/notice.js';
import { stepsFrom } from './steps-from.js';
import type { Accepted } from './use-command.js';
import { wordsOf } from './words-of.js';

const Events = ({ events }: { readonly events: Accepted['events'] }) => (
  <ol className="outcome-events">
    {events.map(({ event_id, event_type, data, aggregate_version }) => (
      <li key={event_id}>
        <strong>{wordsOf(event_type)}</strong>{' '}
        <span className="faint">version {aggregate_version}</span>
        <dl className="value-facts">
          {Object.entries(data).map(([field, value]) => (
            <div key={field}>
              <dt>{wordsOf(field)}</dt>
              <dd>
                <ShownValue name={field} value={value} beside={data} />
              </dd>
            </div>
          ))}
        </dl>
      </li>
    ))}
  </ol>
);

/** What a command would do, or did: its events, and where they lead in the picture. */
export const Outcome = ({
  answer,
  done,
  status,
  machine,
}: {
  readonly answer: Accepted;
  readonly done: boolean;
  /** The status it was tried in. */
  readonly status: string;
  readonly machine: MachineJson | undefined;
}) => {
  const steps = useMemo(
    () => (machine ? stepsFrom(machine, status, answer.events) : []),
    [machine, status, answer],
  );
  const moved = steps.filter(({ from, to }) => from !== to);
  const next = steps.at(-1)?.to ?? status;
  const chart = useMemo(() => machine && chartFrom(machine), [machine]);
  const options = useMemo(() => ({ travelled: moved, current: next }), [moved, next]);
  const count = answer.events.length;
  return (
    <Notice tone={done ? 'good' : 'info'}>
      <p>
        <strong>
          {done ? 'Done.' : 'This would happen; nothing has yet.'}{' '}
          {count === 1 ? 'One event' : `${count} events`}
          {done ? ` up to version ${answer.aggregate_version}.` : '.'}
        </strong>
      </p>
      <Events events={answer.events} />
      <p className="row">
        {moved.length > 0 ? (
          <>
            <Badge word={status} /> <span aria-hidden="true">→</span>
            <span className="visually-hidden">to</span> <Badge word={next} />
          </>
        ) : (
          <>
            The status stays <Badge word={next} />
          </>
        )}
      </p>
      {moved.length > 0 && chart && (
        <div className="outcome-picture">
          <LifecyclePicture chart={chart} options={options} />
        </div>
      )}
      {done && answer.position && <p className="small soft">Position {answer.position}</p>}
    </Notice>
  );
};
