import type { Msg } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import type { Mux } from './mux.js';
import { streamEnds } from './stream-ends.js';

const STATE = { messages: 4, first_seq: 1, last_seq: 4, last_ts: '2026-01-06T10:00:00.5Z' };

/** The ends that are made of what a server says of a stream. */
const endsOf = (said: object) => {
  const json = () => ({ created: '2026-01-06T09:00:00Z', state: STATE, ...said });
  const msg = { data: new Uint8Array(1), json } as unknown as Msg;
  return streamEnds({ request: async () => msg } as unknown as Mux, 'EVT_LAMP');
};

it.each([
  ['a server alone', {}],
  ['the leader of several', { cluster: { name: 'c', leader: 'nats-1' } }],
])('a stream ends where %s says', async (_, said) => {
  expect(await endsOf(said)).toEqual({
    first: 1,
    last: 4,
    created: '2026-01-06T09:00:00Z',
    last_at: '2026-01-06T10:00:00.500Z',
  });
});

it.each([
  ['nobody leads it', { cluster: { name: 'c' } }],
  ['the server says no', { error: { err_code: 10008, description: 'no' } }],
])('nobody knows where a stream ends while %s', async (_, said) => {
  await expect(endsOf(said)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
