import { connect } from '@nats-io/transport-node';
import { actors } from '../../actors/index.js';
import type { Roles } from '../../src/core/access.js';
import type { Limits } from '../../src/write/runtime/limits.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import type { NatsStore } from '../../src/write/store/nats/nats-store.js';
import { openTestStore } from './test-store.js';

export type TestNode = {
  readonly runtime: Runtime;
  readonly store: NatsStore;
  close(): Promise<void>;
};

const SILENT = { warn: () => {}, error: () => {} };

/** A runtime with the real definitions in this process, on a server that runs already. */
export const startTestNode = async (
  url: string,
  {
    limits = {},
    clock,
    roles,
    onAppended,
  }: {
    limits?: Partial<Limits>;
    clock?: () => number;
    roles?: Roles;
    onAppended?: () => void;
  } = {},
): Promise<TestNode> => {
  const nc = await connect({ servers: url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
  const store = await openTestStore(nc, { kinds: actors });
  const runtime = new Runtime({
    definitions: actors,
    store,
    log: SILENT,
    limits,
    ...(clock && { clock }),
    ...(roles && { roles }),
    ...(onAppended && { onAppended }),
  });
  const close = async () => {
    await runtime.drain();
    await store.close();
    await nc.close();
  };
  return { runtime, store, close };
};
