/** When a leader is asked again whether it has what somebody saw already, milliseconds apart. */
const ASKED_AGAIN_AFTER_MS = [25, 75, 200];

/**
 * Where a log ends, by its leader. Copies may show an event a moment before the leader that wrote
 * it counts it: who names a position that is ahead is not told so before it was asked again.
 */
export const endOnceReached = async (
  end: () => Promise<number>,
  wanted: number,
): Promise<number> => {
  let last = await end();
  for (const ms of ASKED_AGAIN_AFTER_MS) {
    if (last >= wanted) break;
    await new Promise((wake) => setTimeout(wake, ms));
    last = await end();
  }
  return last;
};
