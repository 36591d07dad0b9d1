import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { type Moment, NOW } from './moment.js';
import type { Travel } from './use-travel.js';

const Said = ({ moment }: { readonly moment: Moment }) => {
  if (moment.kind === 'effective_at')
    return (
      <>
        , as it was true on <Time at={moment.at} />
      </>
    );
  if (moment.kind === 'as_of')
    return (
      <>
        , as it was known on <Time at={moment.at} />
      </>
    );
  return null;
};

/** What one sees is not now: which moment it is, and the way back. */
export const MomentBanner = ({
  travel: { moment, go },
  version,
  last,
  at,
}: {
  readonly travel: Travel;
  readonly version: number | undefined;
  readonly last: number | undefined;
  readonly at: string | undefined;
}) => {
  if (moment.kind === 'now') return null;
  return (
    <div className="moment-banner">
      <Notice
        tone="accent"
        action={
          <button type="button" className="button small" onClick={() => go(NOW)}>
            Back to now
          </button>
        }
      >
        <p>
          You see version <strong>{version ?? '…'}</strong> of {last ?? '…'}
          <Said moment={moment} />
          {moment.kind === 'version' && at && (
            <>
              , of <Time at={at} />
            </>
          )}
          . Commands are for now.
        </p>
      </Notice>
    </div>
  );
};
