import { describe, expect, it } from 'vitest';
import { ownTime } from '../../../test/support/own-time.js';
import { formParts } from './form-parts.js';

const TYPE = 'multipart/form-data; boundary=----edge';
const EDGE = '------edge';
const part = (name: string, text: string, file?: string): string =>
  `${EDGE}\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`;
const read = (body: string, max = 10) => formParts(Buffer.from(body), TYPE, max);
const texts = (body: string, max?: number) =>
  read(body, max)?.parts.map(({ name, file, bytes }) => [name, file, bytes.toString()]);

describe('a form', () => {
  it('is read part by part, whatever is in them', () => {
    const odd = `\r\n${EDGE.slice(0, -1)}\r\n--\r\n\r\n`;
    const body = `${part('files', odd, 'a b/ü.xml')}${part('mapping', '', '%22m%22')}${part('x', 'y')}${EDGE}--\r\n`;
    expect(texts(body)).toEqual([
      ['files', 'a b/ü.xml', odd],
      ['mapping', '"m"', ''],
      ['x', null, 'y'],
    ]);
    expect(texts(`preamble\r\n${body}`)).toHaveLength(3);
    expect(read(body, 2)).toMatchObject({ more: true, parts: [{}, {}] });
  });

  it('is as others write it', async () => {
    const form = new FormData();
    form.append('files', new Blob(['one']), 'a"\n.csv');
    form.append('files', new Blob(['\r\n--two']), 'b.csv');
    const response = new Response(form);
    const type = response.headers.get('content-type')!;
    const body = Buffer.from(await response.arrayBuffer());
    expect(
      formParts(body, type, 10)?.parts.map(({ file, bytes }) => [file, bytes.toString()]),
    ).toEqual([
      ['a"\n.csv', 'one'],
      ['b.csv', '\r\n--two'],
    ]);
  });

  it.each([
    ['', TYPE],
    ['x', TYPE],
    [EDGE, TYPE],
    [part('a', 'x', 'f'), TYPE],
    [part('a', 'x', 'f').replace('\r\n\r\n', '\r\n'), TYPE],
    [`${EDGE}\r\nx: y\r\n\r\n\r\n${EDGE}--`, TYPE],
    [`${EDGE}--`, 'multipart/form-data'],
  ])('is none: %j', (body, type) => {
    expect(formParts(Buffer.from(body), type, 10)).toBe(null);
  });

  it('takes no time that grows with its square', () => {
    const took = ownTime(() => {
      expect(
        texts(`${part('f', `\r\n${EDGE.slice(0, -1)}`.repeat(1_000_000), 'f')}${EDGE}--`),
      ).toHaveLength(1);
      expect(read(part('f', 'x').repeat(256_000), 20_001)).toMatchObject({ more: true });
    });
    expect(took).toBeLessThan(6_000);
  });
});
