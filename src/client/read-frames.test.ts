import { describe, expect, it } from 'vitest';
import { readFrames } from './read-frames.js';

const streamOf = (...chunks: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  ReadableStream.from(chunks.map((one) => new TextEncoder().encode(one)));

const read = async (...chunks: readonly string[]): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const { id, event, data } of readFrames(streamOf(...chunks)))
    found.push({ id, event, data: data.trim() });
  return found;
};

describe('server-sent events', () => {
  const text = ': hello\nid: a:1\n\nevent: On\nid: a:2\ndata: {"x":\ndata: "ü"}\n\n';
  const expected = [
    { id: 'a:1', event: undefined, data: '' },
    { id: 'a:2', event: 'On', data: '{"x":\n"ü"}' },
  ];

  it('are read however they are cut, those that only say how far the stream is too', async () => {
    expect(await read(text)).toEqual(expected);
    expect(await read(...text)).toEqual(expected);
    for (let at = 0; at < text.length; at++)
      expect(await read(text.slice(0, at), text.slice(at))).toEqual(expected);
  });

  it('one that was cut off is dropped', async () => {
    expect(await read('data: 1\n\ndata: 2\n')).toEqual([{ data: '1' }]);
  });

  it('are there at once, and end with the reason of the signal', async () => {
    const stop = new AbortController();
    const open = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (to) => to.enqueue(new TextEncoder().encode('data: 1\n\n')),
    });
    const frames = readFrames(open, stop.signal);
    expect((await frames.next()).value).toMatchObject({ data: '1\n' });
    stop.abort(new Error('enough'));
    await expect(frames.next()).rejects.toThrow('enough');
  });
});
