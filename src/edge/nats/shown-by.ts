import type { ServiceMsg } from '@nats-io/services';
import { sha256 } from '../../core/canonical.js';
import { claimedBy } from '../access/index.js';
import type { Shown } from './admission.js';

/** A message of a service wraps the one that came, which holds its header block as it is. */
type Wrapping = {
  readonly msg?: { readonly _msg?: { readonly hdr: number }; readonly _rdata?: Uint8Array };
};

const CREDENTIAL = /\r\n(x-api-key|authorization):[ \t]*([^\r]*)/gi;

const headerBlockOf = (request: ServiceMsg): string => {
  const { _msg: { hdr } = { hdr: 0 }, _rdata: raw } = (request as ServiceMsg & Wrapping).msg ?? {};
  return raw && hdr > 0 ? Buffer.from(raw.buffer, raw.byteOffset, hdr).toString('latin1') : '';
};

/**
 * What a request shows of who sends it, or undefined. Its headers are not read for that: the client
 * takes its time, and most of a flood is not worth it.
 */
export const shownBy = (request: ServiceMsg): Shown | undefined => {
  const found = [...headerBlockOf(request).matchAll(CREDENTIAL)];
  const said = found.flatMap(([, name = '', value = '']) => {
    const text = value.trim();
    return text === '' ? [] : [{ isKey: name.length === 'x-api-key'.length, text }];
  });
  const [first] = said;
  if (!first) return undefined;
  const source = claimedBy(first.isKey ? { apiKey: first.text } : { authorization: first.text });
  return {
    digest: sha256(said.map(({ isKey, text }) => `${isKey} ${text}`).join('\n')),
    isToken: source === undefined,
  };
};
