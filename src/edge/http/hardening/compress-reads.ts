import type { Fetch } from '../app.js';
import { COMPRESSIONS_AT_ONCE, COMPRESSIONS_BYTES_MAX } from '../limits.js';
import { COMPRESSED_MIN, type Encoding, encode, encodingFor, weak } from './encodings.js';

/** Answers that are compressed now. One more than there is room for travels as it is. */
class Compressions {
  #underWay = 0;
  #bytes = 0;

  async answer(response: Response, encoding: Encoding): Promise<Response> {
    if (this.#underWay >= COMPRESSIONS_AT_ONCE) return response;
    this.#underWay++;
    try {
      return await this.#compressed(response, encoding);
    } finally {
      this.#underWay--;
    }
  }

  async #compressed(response: Response, encoding: Encoding): Promise<Response> {
    const { headers, status } = response;
    const plain = new Uint8Array(await response.arrayBuffer());
    const { byteLength } = plain;
    if (byteLength < COMPRESSED_MIN || this.#bytes + byteLength > COMPRESSIONS_BYTES_MAX)
      return new Response(plain, { status, headers });
    headers.set('content-encoding', encoding);
    headers.delete('content-length');
    const etag = headers.get('etag');
    if (etag !== null) headers.set('etag', weak(etag));
    this.#bytes += byteLength;
    try {
      return new Response(await encode(encoding, plain), { status, headers });
    } finally {
      this.#bytes -= byteLength;
    }
  }
}

/** Compress what is read. Answers to commands are short, and every millisecond counts there. */
export const compressReads = (fetch: Fetch): Fetch => {
  const compressions = new Compressions();
  const compressed = (request: Request, response: Response): Response | Promise<Response> => {
    const { headers, status } = response;
    if (status === 304 || headers.has('content-encoding')) return response;
    const accepted = request.headers.get('accept-encoding');
    const encoding = encodingFor(accepted, headers.get('content-type'));
    return encoding === undefined ? response : compressions.answer(response, encoding);
  };
  return (request, env) => {
    const response = fetch(request, env);
    if (request.method !== 'GET') return response;
    return Promise.resolve(response).then((one) => compressed(request, one));
  };
};
