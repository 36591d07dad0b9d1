/** No nats-server binary is near this size; more is not unpacked. */
export const UNPACKED_MAX_BYTES = 256 * 1024 * 1024;
