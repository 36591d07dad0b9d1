import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../core/access.js';
import { isRefusal } from '../../core/refusal.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { ImportCommand } from './importer.js';
import { ATTEMPTS_MAX, FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from './limits.js';

const UNAVAILABLE = 503;
const TOO_MANY_REQUESTS = 429;

/** What became of one command; `unavailable` = not known or not possible now, try it again. */
export type Sent =
  | {
      readonly kind: 'accepted';
      readonly replayed: boolean;
      /** Ids of its events, where the answer tells them. */
      readonly event_ids?: readonly string[];
    }
  | { readonly kind: 'refused' | 'unavailable'; readonly code: string; readonly message: string };

export type Send = (command: ImportCommand) => Promise<Sent>;

/** What an answer that says no means for whoever sent the command. */
export const sentOf = ({
  status,
  code,
  message,
}: {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}): Exclude<Sent, { kind: 'accepted' }> => ({
  kind: status === UNAVAILABLE || status === TOO_MANY_REQUESTS ? 'unavailable' : 'refused',
  code,
  message,
});

/** What callers are told of a refusal, or of what was thrown; a way in knows. */
export type Explain = (
  cause: unknown,
  traceId: string,
) => { readonly status: number; readonly code: string; readonly message: string };

/** Send to a runtime of this process. */
export const toRuntime =
  (runtime: Pick<Runtime, 'dispatch'>, explain: Explain, by?: Principal): Send =>
  async (command) => {
    try {
      const result = await runtime.dispatch(command, 'import', by);
      if (!isRefusal(result)) {
        const { replayed, events } = result;
        return { kind: 'accepted', replayed, event_ids: events.map((one) => String(one.event_id)) };
      }
      return sentOf(explain(result, command.correlation_id));
    } catch (error) {
      const { message } = error as Error;
      return { ...sentOf(explain(error, command.correlation_id)), message };
    }
  };

/** How long to try, and who is told of a pause. */
export type Patience = {
  readonly onWait?: (code: string) => void;
  readonly pause?: (ms: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
};

/** Ends early on the signal. */
const pauseOf =
  (signal: AbortSignal | undefined) =>
  (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined);

/** Send one command until there is a yes or a no; at last `unavailable` all the same. */
export const sendSurely = async (
  command: ImportCommand,
  send: Send,
  { onWait, signal, pause = pauseOf(signal) }: Patience,
): Promise<Sent> => {
  for (let attempt = 1; ; attempt++) {
    const sent = await send(command);
    if (sent.kind !== 'unavailable' || attempt === ATTEMPTS_MAX || signal?.aborted) return sent;
    onWait?.(sent.code);
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
  }
};
