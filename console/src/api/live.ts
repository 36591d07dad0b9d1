import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ask, isUnknownCaller } from './http.js';
import type { StoredEvent } from './types.js';

/** Screens are asked anew at most this often, however many events come. */
const GATHER_MS = 700;
const TRY_AGAIN_MS = 3_000;
/** A tab that nobody looks at lets its stream go: browsers grant six connections to one server. */
const HIDDEN_FOR_MS = 30_000;

/** How the live connection is; shown in the bar. */
export type LiveState = 'connecting' | 'live' | 'broken' | 'signed-out' | 'forbidden';
type Listener = (event: StoredEvent) => void;

let state: LiveState = 'connecting';
const watchers = new Set<() => void>();
const listeners = new Set<Listener>();

const become = (next: LiveState): void => {
  if (next === state) return;
  state = next;
  for (const tell of watchers) tell();
};

const subscribe = (tell: () => void): (() => void) => {
  watchers.add(tell);
  return () => watchers.delete(tell);
};
export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => state);

/** Be told of every event as it happens; returns how to stop. */
export const onEvent = (listener: Listener): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const follows = (meta: unknown): readonly string[] | undefined =>
  (meta as { readonly follows?: readonly string[] } | undefined)?.follows;

/**
 * Questions whose answers these types may have changed are asked anew. One that is being asked is
 * left to finish, or a slow answer would never come while events do; true: ask those again later.
 */
const refresh = (client: QueryClient, types: ReadonlySet<string> | 'all'): boolean => {
  const predicate = ({ meta }: { readonly meta: unknown }): boolean => {
    const wanted = follows(meta);
    return types === 'all' || wanted === undefined || wanted.some((one) => types.has(one));
  };
  const underWay = client.isFetching({ predicate }) > 0;
  void client.invalidateQueries({ predicate }, { cancelRefetch: false });
  return underWay;
};

/**
 * Follow the event stream for as long as the console is open. The browser connects again by
 * itself and goes on where it was; what it gives up on is tried again here. After a gap everything
 * on the screen is asked anew.
 */
export const followEvents = (client: QueryClient, eventTypes: readonly string[]): (() => void) => {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const gathered = new Set<string>();

  const take = (message: MessageEvent<string>): void => {
    const event = JSON.parse(message.data) as StoredEvent;
    for (const listener of listeners) listener(event);
    gathered.add(event.aggregate_type);
    timer ??= setTimeout(tell, GATHER_MS);
  };
  const tell = (): void => {
    const again = refresh(client, new Set(gathered));
    if (!again) gathered.clear();
    timer = again ? setTimeout(tell, GATHER_MS) : undefined;
  };

  const why = async (): Promise<void> => {
    try {
      await ask('/session');
      become('broken');
    } catch (error) {
      become(isUnknownCaller(error) ? 'signed-out' : 'broken');
    }
  };

  const open = (): void => {
    if (ended) return;
    source = new EventSource('/events/stream');
    let broke = false;
    source.onopen = () => {
      if (state === 'broken' || broke) refresh(client, 'all');
      broke = false;
      become('live');
    };
    source.onerror = () => {
      broke = true;
      become('broken');
      if (source?.readyState !== EventSource.CLOSED) return;
      void why();
      again = setTimeout(open, TRY_AGAIN_MS);
    };
    for (const type of eventTypes) source.addEventListener(type, take as EventListener);
  };
  const letGo = (): void => {
    clearTimeout(again);
    source?.close();
    source = undefined;
  };
  const looked = (): void => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(letGo, HIDDEN_FOR_MS);
    else if (!source) {
      refresh(client, 'all');
      open();
    }
  };
  document.addEventListener('visibilitychange', looked);
  open();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', looked);
    clearTimeout(timer);
    clearTimeout(hidden);
    letGo();
    become('connecting');
  };
};
