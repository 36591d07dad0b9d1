import type { Msg } from '@nats-io/transport-node';
import { expect, it, vi } from 'vitest';
import { parseHeaders } from './headers.js';
import { type Mux, Unanswered } from './mux.js';
import { passedOver } from './passed-over.js';

const asked = async (answer: string | Error, write = { silent: true }) => {
  const request = vi.fn(async (_subject: string, _headers: Uint8Array, _body: Uint8Array) => {
    if (answer instanceof Error) throw answer;
    return { data: Buffer.from(answer) } as unknown as Msg;
  });
  const passed = await passedOver({ request } as unknown as Mux, 'evt.lamp.a', write);
  return { passed, call: request.mock.calls[0]! };
};

it('a stream that refuses what comes later has passed over what it did not answer', async () => {
  const { passed, call } = await asked('{"error":{"code":400,"err_code":10060}}');
  expect(passed).toBe(true);
  const [subject, headers, body] = call;
  expect([subject, body.length]).toEqual(['evt.lamp.a', 0]);
  // It can never be stored: no stream has this name.
  expect(parseHeaders(Buffer.from(headers).toString()).get('Nats-Expected-Stream')).toBe('-');
});

it.each([
  ['nobody leads it', ''],
  ['it is silent', new Unanswered('no answer in time', { silent: true })],
])('a stream may only be slow while %s', async (_, answer) => {
  expect((await asked(answer)).passed).toBe(false);
});

it('a stream whose answer came late, or can come no more, is not stuck', async () => {
  const refusal = '{"error":{"code":400,"err_code":10060}}';
  expect((await asked(refusal, { silent: false })).passed).toBe(false);
});
