/** The NATS micro service that every node is an instance of. */
export const SERVICE = 'stele';
