/** No nats-server archive is near this size. */
const DOWNLOAD_MAX_BYTES = 64 * 1024 * 1024;

export interface FetchLimits {
  /** Milliseconds until the response headers must be there: an unreachable host costs this much. */
  responseMs: number;
  /** Milliseconds of silence within the body. */
  stallMs: number;
  /** Milliseconds for all of it. */
  totalMs: number;
}

export type Fetched = { ok: true; bytes: Buffer } | { ok: false; reason: string };

/** Downloads a file into memory, bounded in time and size. Never throws. */
export async function fetchBytes(url: string, limits: FetchLimits): Promise<Fetched> {
  const abort = new AbortController();
  const after = (ms: number, what: string) =>
    setTimeout(() => abort.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  const total = after(limits.totalMs, 'not complete');
  let idle = after(limits.responseMs, 'no response');
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) {
      abort.abort();
      return { ok: false, reason: `${url} answered HTTP ${response.status}` };
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      clearTimeout(idle);
      idle = after(limits.stallMs, 'no data');
      size += chunk.byteLength;
      if (size > DOWNLOAD_MAX_BYTES) throw new Error(`more than ${DOWNLOAD_MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return { ok: true, bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { ok: false, reason: `${url}: ${rootCause(error)}` };
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
}

function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
