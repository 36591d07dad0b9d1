import { Fault } from '../../../core/refusal.js';
import type { Mux } from './mux.js';

const EMPTY = new Uint8Array(0);

/** What every answer of the JetStream API may hold. */
export type ApiAnswer = {
  readonly error?: { readonly err_code?: number; readonly description?: string };
};

/** One call of the JetStream API. @throws Fault STORE_UNAVAILABLE, Unanswered among them */
export const callApi = async <T extends ApiAnswer>(
  mux: Mux,
  subject: string,
  query?: object,
): Promise<T> => {
  const body = query ? Buffer.from(JSON.stringify(query)) : EMPTY;
  const msg = await mux.request(`$JS.API.${subject}`, null, body);
  if (msg.data.length === 0) throw new Fault('STORE_UNAVAILABLE', 'JetStream does not answer');
  return msg.json<T>();
};

/** @throws Fault STORE_UNAVAILABLE with what the API said when it said no */
export const mustSucceed = <T extends ApiAnswer>(answer: T): T => {
  if (answer.error)
    throw new Fault(
      'STORE_UNAVAILABLE',
      `the event store does not answer: ${answer.error.description} (${answer.error.err_code ?? 'no code'})`,
    );
  return answer;
};
