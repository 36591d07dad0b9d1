/** The most recent events of a type that a node keeps at hand for its clients, and their bytes. */
export const RING_EVENTS_MAX = 2_000;
export const RING_BYTES_MAX = 16 * 1024 * 1024;
/** What a client is handed at once: nothing else waits for it anywhere. */
export const TAKE_EVENTS_MAX = 100;
export const TAKE_BYTES_MAX = 256 * 1024;
/** Messages of one read of the history; reads under way at a time over all clients, and of one. */
export const HISTORY_READ_MAX = 100;
export const HISTORY_READS_MAX = 16;
export const HISTORY_READS_OF_ONE_MAX = 4;
/** Events that are looked at for one client before it waits for another turn of the loop. */
export const LOOKED_PER_TURN_MAX = 20;
/** A type is followed for so long after its last client has left: most come again. */
export const LINGER_MS = 30_000;
/** Pauses between two attempts to follow a log that cannot be followed. */
export const RETRY_FIRST_MS = 100;
export const RETRY_MOST_MS = 2_000;
/** The same trouble is logged once in so long. */
export const NOTE_EVERY_MS = 10_000;
