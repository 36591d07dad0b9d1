import { useLiveState } from '../../api/follow-events.js';
import type { StoredEvent } from '../../api/types.js';
import type { Tail } from '../../history/tail.js';
import { Badge } from '../../ui/badge.js';

const many = (count: number): string => count.toLocaleString('en');

/** Whether new events come in on top, and how to hold them back. */
export const LiveBar = ({
  tail,
  onTop,
  onPause,
  onResume,
  onNewest,
  onReload,
}: {
  readonly tail: Tail<StoredEvent>;
  /** Whether the order of the list lets new ones stand on top. */
  readonly onTop: boolean;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onNewest: () => void;
  readonly onReload: () => void;
}) => {
  const live = useLiveState();
  const { held, shown, paused, missed } = tail;
  const waiting = paused ? held.length : onTop ? 0 : shown.length;
  const word = live !== 'live' ? 'not connected' : paused ? 'paused' : 'live';
  const tone = live !== 'live' ? 'warn' : paused ? 'calm' : 'good';
  return (
    <div className="row live-bar">
      <Badge word={word} tone={tone} />
      <button type="button" className="button small" onClick={paused ? onResume : onPause}>
        {paused ? 'Resume' : 'Pause'}
      </button>
      <span className="small soft" role="status">
        {waiting > 0 && `${many(waiting)} new since`}
        {missed > 0 && ` ${many(missed)} more came than are kept here`}
      </span>
      {!onTop && (
        <button type="button" className="button small" onClick={onNewest}>
          Newest first
        </button>
      )}
      {missed > 0 && (
        <button type="button" className="button small" onClick={onReload}>
          Load anew
        </button>
      )}
    </div>
  );
};
