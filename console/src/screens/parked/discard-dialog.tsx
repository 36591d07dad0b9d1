import { useState } from 'react';
import type { Parked as ParkedEvents } from '../../api/wire.js';
import { Dialog } from '../../ui/dialog.js';
import { TooLong } from '../../ui/too-long.js';

const REASON_MAX = 2_000;

/** Leaving an event out is a decision: it takes a reason, which is kept with who decided. */
export const DiscardDialog = ({
  projection,
  parked: { event_type, source, sequence, waiting },
  onClose,
  onDiscard,
}: {
  readonly projection: string;
  readonly parked: ParkedEvents;
  readonly onClose: () => void;
  readonly onDiscard: (reason: string) => void;
}) => {
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={`Leave ${event_type} out of ${projection}?`}
      onClose={onClose}
      isFilled={reason.trim() !== ''}
      footer={
        <>
          <button type="button" className="button" onClick={onClose}>
            Let it wait
          </button>
          <button
            type="button"
            className="button primary"
            disabled={reason.trim() === '' || reason.length > REASON_MAX}
            onClick={() => onDiscard(reason.trim())}
          >
            Leave it out
          </button>
        </>
      }
    >
      <div className="stack">
        <p>
          This projection goes on without the event {source}:{sequence}
          {waiting > 1 && ` and then tries the ${waiting - 1} that wait behind it`}. The event stays
          in the log; rebuilds of this projection leave it out too. Who left it out and why is kept.
        </p>
        <div className="field">
          <label htmlFor="discard-reason">Why</label>
          <textarea
            id="discard-reason"
            className="input"
            required
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          <TooLong text={reason} max={REASON_MAX} />
        </div>
      </div>
    </Dialog>
  );
};
