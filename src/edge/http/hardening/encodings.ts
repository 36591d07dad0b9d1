import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { wishesOf } from '../wishes-of.js';

/** What is shorter travels in one packet anyway, bytes. */
export const COMPRESSED_MIN = 1024;
/** What is text and not a stream: nothing of a stream may wait for the rest. */
const TEXT =
  /^(?:application\/(?:[\w.-]+\+)?json|application\/(?:javascript|yaml)|text\/(?!event-stream|csv)|image\/svg\+xml)/;
/** Nearly as small as the highest, at a fraction of its time. */
const BROTLI_QUALITY = 4;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const ENCODERS = {
  br: (bytes: Uint8Array) =>
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Uint8Array) => zip(bytes),
};
export type Encoding = keyof typeof ENCODERS;

/** The encoding for what is of a type, by what is accepted; undefined when it stays as it is. */
export const encodingFor = (
  accepted: string | null | undefined,
  type: string | null,
): Encoding | undefined => {
  if (!accepted || !TEXT.test(type ?? '')) return undefined;
  const wishes = wishesOf(accepted);
  const wanted = (encoding: Encoding): number =>
    wishes.find(({ name }) => name === encoding)?.quality ?? 0;
  const [br, gz] = [wanted('br'), wanted('gzip')];
  if (br > 0 && br >= gz) return 'br';
  return gz > 0 ? 'gzip' : undefined;
};

export const encode = (encoding: Encoding, bytes: Uint8Array): Promise<Buffer<ArrayBuffer>> =>
  ENCODERS[encoding](bytes);

/** The same content in other bytes: its tag says so by being weak (RFC 9110 8.8.1). */
export const weak = (etag: string): string => (etag.startsWith('W/') ? etag : `W/${etag}`);
