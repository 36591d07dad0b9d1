/** What one frame of a stream of server-sent events said. Without data it only carries an id. */
export type Frame = { readonly id?: string; readonly event?: string; readonly data?: string };

const frameOf = (text: string): Frame => {
  const data: string[] = [];
  const frame: { id?: string; event?: string } = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0) continue; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) frame.id = value;
    else if (name === 'event') frame.event = value;
  }
  return data.length === 0 ? frame : { ...frame, data: data.join('\n') };
};

/** Frames of a `text/event-stream` body. A frame that was cut off is dropped, as it must be. */
export async function* frames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a CRLF: it waits for the next chunk.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const parts = whole.replaceAll(/\r\n?/g, '\n').split('\n\n');
    rest = parts.pop()! + (whole === rest ? '' : '\r');
    for (const part of parts) if (part !== '') yield frameOf(part);
  }
}
