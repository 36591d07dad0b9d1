import { randomUUID } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** W3C trace context of a request: taken over where a valid one came in, begun where none did. */
export type Trace = { readonly traceId: string; readonly traceparent: string };

const hex = (digits: number): string => randomUUID().replaceAll('-', '').slice(-digits);

export const traceOf = (incoming: string | undefined | null): Trace => {
  const found = incoming ? TRACEPARENT.exec(incoming.toLowerCase()) : null;
  if (found?.[1] && !/^0+$/.test(found[1])) return { traceId: found[1], traceparent: found[0] };
  const traceId = hex(32);
  return { traceId, traceparent: `00-${traceId}-${hex(16)}-01` };
};
