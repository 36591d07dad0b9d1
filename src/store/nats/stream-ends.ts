import type { StreamEnds } from '../port.js';
import { type ApiAnswer, callApi, mustSucceed } from './jetstream-api.js';
import type { Mux } from './mux.js';

/** Where a stream begins and ends. @throws Fault STORE_UNAVAILABLE */
export const streamEnds = async (mux: Mux, stream: string): Promise<StreamEnds> => {
  const { created, state } = mustSucceed(
    await callApi<
      ApiAnswer & {
        readonly created: string;
        readonly state: {
          readonly messages: number;
          readonly first_seq: number;
          readonly last_seq: number;
          readonly last_ts: string;
        };
      }
    >(mux, `STREAM.INFO.${stream}`),
  );
  const { messages, first_seq: first, last_seq: last, last_ts } = state;
  const last_at = messages === 0 ? null : new Date(last_ts).toISOString();
  return { first, last, created, last_at };
};
