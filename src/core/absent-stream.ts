/** What JetStream says of a stream that is not there. */
const STREAM_NOT_FOUND = 10059;

/** Whether a fault of the client says that there is no such stream. */
export const isStreamAbsent = (error: unknown): boolean =>
  (error as { code?: number }).code === STREAM_NOT_FOUND;

/** Asks once more where a stream, or bucket, that somebody removed had to be made anew first. */
export const makingAnew = async <T>(
  ask: () => Promise<T>,
  make: () => Promise<unknown>,
): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!isStreamAbsent(error)) throw error;
    await make();
    return ask();
  }
};
