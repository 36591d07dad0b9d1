import { useCallback, useEffect, useRef, useState } from 'react';
import { address, type Query } from '../api/address.js';
import { onEvent } from '../api/follow-events.js';
import { ask } from '../api/node.js';
import type { Page, StoredEvent } from '../api/types.js';
import { emptyTail, paused, resumed, type Tail, withArrived } from './tail.js';

/** Events that came in are looked up this often, so many at a time. */
const EVERY_MS = 700;
const AT_ONCE = 50;
/** Ids that wait to be looked up; more came in than anybody could read. */
const WAITING_MAX = 500;
/** The read side gets this long to take what the stream already told. */
const CATCH_UP_MS = 3_000;

/** What the stream says of an event is enough to ask for it. */
type Told = { readonly id: string; readonly source: string; readonly sequence: number };
type Streamed = StoredEvent & { readonly metadata?: { readonly position?: string } };

const toldBy = (event: Streamed): Told => {
  const [source = '', sequence = '0'] = (event.metadata?.position ?? event.position ?? '').split(
    ':',
  );
  return { id: event.event_id, source, sequence: Number(sequence) };
};

const positionsOf = (all: readonly Told[]): string | undefined => {
  const last = new Map<string, number>();
  for (const { source, sequence } of all)
    if (source !== '' && sequence > (last.get(source) ?? 0)) last.set(source, sequence);
  return [...last].map(([source, sequence]) => `${source}:${sequence}`).join(',') || undefined;
};

/**
 * New events that meet the filters. The stream only says that something happened: which of it
 * meets them the server decides, as for the list, so that both are always of one mind.
 */
export const useTail = (
  query: Query,
): {
  readonly tail: Tail<StoredEvent>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly clear: () => void;
} => {
  const [tail, setTail] = useState(() => emptyTail<StoredEvent>());
  const key = JSON.stringify(query);
  const filters = useRef(query);
  filters.current = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew whenever the filters change
  useEffect(() => {
    const ended = new AbortController();
    const waiting: Told[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    setTail((before) => emptyTail(before.paused));
    const missed = (count: number): void =>
      setTail((before) => ({ ...before, missed: before.missed + count }));

    const look = async (): Promise<void> => {
      const told = waiting.splice(0, AT_ONCE);
      const asked = {
        ...filters.current,
        event_id: told.map(({ id }) => id),
        limit: AT_ONCE,
        min_position: positionsOf(told),
        min_position_timeout_ms: CATCH_UP_MS,
      };
      try {
        const { items } = await ask<Page<StoredEvent>>(address('/audit', asked), {
          signal: ended.signal,
        });
        if (!ended.signal.aborted) setTail((before) => withArrived(before, items));
      } catch {
        if (!ended.signal.aborted) missed(told.length);
      }
      timer = undefined;
      if (waiting.length > 0 && !ended.signal.aborted) plan();
    };
    const plan = (): void => {
      timer ??= setTimeout(() => void look(), EVERY_MS);
    };
    const stop = onEvent((event) => {
      if (waiting.length >= WAITING_MAX) return missed(1);
      waiting.push(toldBy(event));
      plan();
    });
    return () => {
      ended.abort();
      clearTimeout(timer);
      stop();
    };
  }, [key]);
  return {
    tail,
    pause: useCallback(() => setTail(paused), []),
    resume: useCallback(() => setTail(resumed), []),
    clear: useCallback(() => setTail(({ paused: still }) => emptyTail(still)), []),
  };
};
