import type { Query } from '../../api/address.js';
import type { Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { toneOf } from '../../ui/tone.js';
import { percentOf, type Share, sharesOf } from './lifecycles.js';

/** How all that match share out over the lifecycles; a part narrows the list to it. */
export const Summary = ({ path, query }: { readonly path: string; readonly query: Query }) => {
  const { all, patch } = useUrlState();
  const { lifecycle: _, ...others } = query;
  const { data } = useAnswer<Groups>(path, { ...others, group_by: 'lifecycle' }, FOLLOWS);
  const shares = sharesOf(data?.groups ?? []);
  const whole = shares.reduce((sum, { count }) => sum + count, 0);
  const chosen = all('lifecycle');
  const toggle = (one: string): void =>
    patch({
      lifecycle: chosen.includes(one) ? chosen.filter((word) => word !== one) : [...chosen, one],
    });
  const isOut = (one: string): boolean => chosen.length > 0 && !chosen.includes(one);
  if (whole === 0) return null;
  return (
    <div className="shares">
      <Bar shares={shares} isOut={isOut} />
      <ul className="row">
        {shares.map(({ lifecycle, count }) => (
          <li key={lifecycle}>
            <button
              type="button"
              className="button quiet small share"
              aria-pressed={chosen.includes(lifecycle)}
              onClick={() => toggle(lifecycle)}
            >
              <span className={`swatch tone tone-${toneOf(lifecycle)}`} aria-hidden="true" />
              {lifecycle} <strong>{count.toLocaleString('en')}</strong>
              <span className="faint">{percentOf(count, whole)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};

const FOLLOWS = { follows: ['Application'] } as const;

const Bar = ({
  shares,
  isOut,
}: {
  readonly shares: readonly Share[];
  readonly isOut: (lifecycle: string) => boolean;
}) => (
  <div
    className="share-bar"
    role="img"
    aria-label={`By lifecycle: ${shares.map((one) => `${one.count} ${one.lifecycle}`).join(', ')}`}
  >
    {shares.map(({ lifecycle, count }) => (
      <span
        key={lifecycle}
        className={`tone tone-${toneOf(lifecycle)}`}
        data-out={isOut(lifecycle)}
        style={{ flexGrow: count }}
      />
    ))}
  </div>
);
