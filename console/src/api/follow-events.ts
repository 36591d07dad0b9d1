import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { follow } from '../../../src/client/follow.js';
import { isUnknownCaller, node } from './node.js';
import type { StoredEvent } from './types.js';

/** Screens are asked anew at most this often, however many events come. */
const GATHER_MS = 700;
const TRY_AGAIN_MS = 3_000;
/** Connections that fail one after the other, before the stream is begun anew. */
const RETRIES_IN_A_ROW = 20;
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
 * Follow the event stream for as long as the console is open. After a gap everything on the screen
 * is asked anew; what the client gives up on is tried again here.
 */
export const followEvents = (client: QueryClient): (() => void) => {
  let source: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const gathered = new Set<string>();

  const take = (event: StoredEvent): void => {
    for (const listener of listeners) listener(event);
    gathered.add(event.aggregate_type);
    timer ??= setTimeout(tell, GATHER_MS);
  };
  const tell = (): void => {
    const again = refresh(client, new Set(gathered));
    if (!again) gathered.clear();
    timer = again ? setTimeout(tell, GATHER_MS) : undefined;
  };

  const open = async (): Promise<void> => {
    source = new AbortController();
    const { signal } = source;
    const events = follow<StoredEvent>(node.transport, {
      path: '/events/stream',
      retries: RETRIES_IN_A_ROW,
      signal,
      onOpen: () => {
        if (state === 'broken') refresh(client, 'all');
        become('live');
      },
      onLost: () => become('broken'),
    });
    try {
      for await (const event of events) take(event);
    } catch (error) {
      if (signal.aborted) return;
      become(isUnknownCaller(error) ? 'signed-out' : 'broken');
      again = setTimeout(() => void open(), TRY_AGAIN_MS);
    }
  };
  const letGo = (): void => {
    clearTimeout(again);
    source?.abort();
    source = undefined;
  };
  const looked = (): void => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(letGo, HIDDEN_FOR_MS);
    else if (!source) {
      refresh(client, 'all');
      void open();
    }
  };
  document.addEventListener('visibilitychange', looked);
  void open();
  return () => {
    document.removeEventListener('visibilitychange', looked);
    clearTimeout(timer);
    clearTimeout(hidden);
    letGo();
    become('connecting');
  };
};
