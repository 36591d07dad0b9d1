/** Of a subject that no stream takes the client says that JetStream is not enabled. */
const NOT_ENABLED = 'JetStreamNotEnabled';

/** Why a stream did not take what was written on a subject, said as what it is. */
export const notTaken = (stream: string, subject: string, error: unknown): unknown =>
  (error as Error).name === NOT_ENABLED
    ? new Error(`the stream ${stream} takes nothing on ${subject}: nobody takes that subject`)
    : error;
