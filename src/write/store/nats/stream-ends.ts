import { Fault } from '../../../core/refusal.js';
import type { StreamEnds } from '../event-log.js';
import { type ApiAnswer, callApi, mustSucceed } from './jetstream-api.js';
import type { Mux } from './mux.js';

type Info = ApiAnswer & {
  readonly created: string;
  readonly state: {
    readonly messages: number;
    readonly first_seq: number;
    readonly last_seq: number;
    readonly last_ts: string;
  };
  /** Only of a server that is one of several. */
  readonly cluster?: { readonly leader?: string };
};

/**
 * Where a stream begins and ends, as its leader knows it. While nobody leads it any copy answers with
 * what it has, and names no leader: that is no end.
 *
 * @throws Fault STORE_UNAVAILABLE
 */
export const streamEnds = async (mux: Mux, stream: string): Promise<StreamEnds> => {
  const { created, state, cluster } = mustSucceed(
    await callApi<Info>(mux, `STREAM.INFO.${stream}`),
  );
  if (cluster && !cluster.leader)
    throw new Fault('STORE_UNAVAILABLE', `nobody leads ${stream} right now`);
  const { messages, first_seq: first, last_seq: last, last_ts } = state;
  const last_at = messages === 0 ? null : new Date(last_ts).toISOString();
  return { first, last, created, last_at };
};
