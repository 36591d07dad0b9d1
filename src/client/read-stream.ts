export type Reading = {
  readonly signal?: AbortSignal | undefined;
  /** The body is given up when nothing comes for so long. */
  readonly silentMs: number;
};

/**
 * What a body brings, as it comes, cut into pieces by `split`.
 * @throws when nothing comes for too long, or with the reason of the signal
 */
export async function* readStream<T>(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  split: (text: ReadableStream<string>) => ReadableStream<T>,
  { signal, silentMs }: Reading,
): AsyncGenerator<T> {
  const silent = new AbortController();
  const text = body.pipeThrough(new TextDecoderStream(), {
    signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
  });
  const reader = split(text).getReader();
  try {
    for (;;) {
      const fallen = () => silent.abort(new Error(`nothing came for ${silentMs / 1_000} s`));
      const timer = setTimeout(fallen, silentMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
