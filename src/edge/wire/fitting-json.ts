/** An answer, or one of several within an answer, that tells events. */
type Told = { readonly events?: readonly unknown[]; readonly commands?: readonly Told[] };

const withoutEvents = (told: Told): Told => ({
  ...told,
  ...(told.events && { events: [], events_left_out: told.events.length }),
  ...(told.commands && { commands: told.commands.map(withoutEvents) }),
});

/** No text of this runtime may be as long as some answers would be. */
const whole = (told: Told): string | undefined => {
  try {
    return JSON.stringify(told);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/**
 * An answer to what was accepted, as JSON. What cannot be carried whole is told all the same, with
 * `events_left_out` in place of the events: they are in the log.
 */
export const fittingJson = (told: Told, bytesMax: number): string => {
  const text = whole(told);
  return text !== undefined && Buffer.byteLength(text) <= bytesMax
    ? text
    : JSON.stringify(withoutEvents(told));
};
