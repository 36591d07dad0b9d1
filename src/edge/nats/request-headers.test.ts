import type { ServiceMsg } from '@nats-io/services';
import { headers } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { HEADERS_MAX } from './request-bytes.js';
import { HEADER_LINES_MAX, readHeaders } from './request-headers.js';

/** A request as the client hands it out, with its header block as it came; its own are not asked. */
const requestOf = (block: Uint8Array, hdr = block.length): ServiceMsg => {
  const msg = { _msg: { hdr }, _rdata: Buffer.concat([block, Buffer.from('{"a":"b"}')]) };
  const request = {
    msg,
    get headers(): never {
      throw new Error('read by the client');
    },
  };
  return request as unknown as ServiceMsg;
};
const blockOf = (lines: readonly string[]): Buffer =>
  Buffer.from(`NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
const read = (...lines: readonly string[]) => readHeaders(requestOf(blockOf(lines)));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}:`);

describe('the headers of a request', () => {
  it('are read as the client writes them, in any spelling', () => {
    const written = headers();
    written.set('X-Api-Key', 'secret');
    written.set('authorization', 'Bearer tökén');
    written.set('TraceParent', '00-ab');
    written.set('other', 'x: y');
    expect(
      readHeaders(requestOf((written as unknown as { encode(): Uint8Array }).encode())),
    ).toEqual({
      apiKey: 'secret',
      authorization: 'Bearer tökén',
      traceparent: '00-ab',
    });
  });

  it('count as they stand first and say something', () => {
    expect(read('X-Api-Key:  ', 'x-api-key:\tone ', 'X-API-KEY: two')).toEqual({ apiKey: 'one' });
    for (const lines of [[], ['X-Api-Key: '], ['X-Api-Keys: x', 'constructor: y', '__proto__: z']])
      expect(read(...lines)).toEqual({});
    expect(readHeaders(requestOf(Buffer.alloc(0), -1))).toEqual({});
  });

  it('are refused where a line is none, whatever the others say', () => {
    for (const line of [
      'a: b\nc',
      'a: b\rc',
      'bad name: x',
      'é: x',
      '\x01: x',
      ': x',
      'no colon',
      '',
    ])
      expect([line, read('X-Api-Key: secret', line, 'a: b')]).toMatchObject([
        line,
        { refused: 'MALFORMED_COMMAND' },
      ]);
    for (const block of ['', 'NATS/1.0', 'NATS/1.0\r\na: b\r\n', 'a: b'])
      expect([block, readHeaders(requestOf(Buffer.from(block), block.length || 1))]).toMatchObject([
        block,
        { refused: 'MALFORMED_COMMAND' },
      ]);
    expect(readHeaders({} as ServiceMsg)).toMatchObject({ refused: 'MALFORMED_COMMAND' });
  });

  it('are refused where they are longer or more than there may be', () => {
    expect(read(...numbered(HEADER_LINES_MAX))).toEqual({});
    const refused = { refused: 'HEADERS_TOO_LARGE' };
    expect(read(...numbered(HEADER_LINES_MAX + 1))).toMatchObject(refused);
    const room = HEADERS_MAX - blockOf(['a:']).length;
    expect(read(`a:${'x'.repeat(room)}`)).toEqual({});
    expect(read(`a:${'x'.repeat(room + 1)}`)).toMatchObject(refused);
  });
});
