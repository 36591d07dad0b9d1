import { Link } from 'wouter';
import { toneOf } from '../../ui/tone.js';

export type StateShare = {
  readonly status: string;
  readonly count: number;
  readonly href?: string | undefined;
  /** It is there no more: drawn so. */
  readonly gone?: boolean;
};

const look = ({ status, gone }: StateShare): string =>
  `tone tone-${toneOf(status)}${gone ? ' gone' : ''}`;

const words = (status: string): string => status.replaceAll('_', ' ');

/** How a whole divides into states: one bar, and below it what each part is, with its number. */
export const StateBar = ({ states }: { readonly states: readonly StateShare[] }) => {
  const shown = states.filter(({ count }) => count > 0);
  if (shown.length === 0) return <p className="small soft">None yet</p>;
  return (
    <div className="state-bar">
      <div className="track" aria-hidden="true">
        {shown.map((one) => (
          <span key={one.status} className={look(one)} style={{ flexGrow: one.count }} />
        ))}
      </div>
      <ul>
        {shown.map(({ status, count, href, gone = false }) => (
          <li key={status} className={look({ status, count, gone })}>
            <span className="dot" aria-hidden="true" />
            {href ? <Link href={href}>{words(status)}</Link> : words(status)}
            <span className="num">{count.toLocaleString('en')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};
