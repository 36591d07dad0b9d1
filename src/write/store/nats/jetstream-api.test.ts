import type { Msg } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { callApi, mustSucceed } from './jetstream-api.js';
import type { Mux } from './mux.js';
import { reaching } from './unavailable.js';

/** A server that gives one answer, and what it was asked. */
const answering = (text: string) => {
  const asked: string[] = [];
  const request: Mux['request'] = async (subject, headers, payload) => {
    asked.push(`${subject} ${headers === null ? '' : 'headers'}${Buffer.from(payload)}`);
    const data = Buffer.from(text);
    return { data, json: () => JSON.parse(text) } as unknown as Msg;
  };
  return { mux: { request } as Mux, asked };
};

describe('a call of the JetStream API', () => {
  it('is a request with what is asked, or with nothing', async () => {
    const { mux, asked } = answering('{"first":1}');
    expect(await callApi(mux, 'STREAM.INFO.A', { seq: 7 })).toEqual({ first: 1 });
    await callApi(mux, 'INFO');
    expect(asked).toEqual(['$JS.API.STREAM.INFO.A {"seq":7}', '$JS.API.INFO ']);
  });

  it('that nobody serves is not taken for an answer', async () => {
    await expect(callApi(answering('').mux, 'INFO')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'JetStream does not answer',
    });
  });

  it('that is refused says why', () => {
    const good = { first: 1 } as object;
    expect(mustSucceed(good)).toBe(good);
    const refused = (error: object) => () => mustSucceed({ error });
    expect(refused({ err_code: 10023, description: 'no quorum' })).toThrow(
      'the event store does not answer: no quorum (10023)',
    );
    expect(refused({ description: 'strange' })).toThrow('strange (no code)');
  });
});

describe('what the client of NATS says', () => {
  const failing = (name: string, message: string) =>
    reaching(async () => {
      throw Object.assign(new Error(message), { name });
    });

  it.each([
    'TimeoutError',
    'NoRespondersError',
    'RequestError',
    'ConnectionError',
    'ClosedConnectionError',
    'DrainingConnectionError',
    'JetStreamNotEnabled',
  ])('as %s means that the store is not reached', async (name) => {
    await expect(failing(name, 'gone')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the event store does not answer (gone)',
      cause: expect.objectContaining({ name }),
    });
  });

  it('otherwise is what it is', async () => {
    await expect(failing('TypeError', 'odd')).rejects.toMatchObject({
      name: 'TypeError',
      message: 'odd',
    });
    expect(await reaching(async () => 7)).toBe(7);
  });
});
