import type { Config } from '../node/config.js';

/** What `nats.conf` lets through, bytes; more is not recommended by NATS. */
export const MAX_PAYLOAD = 8 * 1024 * 1024;

/**
 * What an acknowledgement is worth there. Servers tell nobody but their own administrators whether
 * they flush before they acknowledge, and by default they do not.
 */
const acknowledgedBy = (replicas: number): string =>
  `whether these NATS servers flush before they acknowledge cannot be asked from here. With sync_interval: always an acknowledged command is on disk${replicas > 1 ? ' of a majority' : ''}; without it, it is in the memory of ${replicas > 1 ? 'a majority' : 'the server'} and a power cut takes the last two minutes with it`;

const tooMuch = (maxPayload: number): string =>
  `these NATS servers take messages of ${maxPayload} bytes. A few of that size have a node cut off that cannot read as fast: set max_payload to 8MB there, and bound what who sends commands may send as deploy/nats-accounts.conf does`;

/** What is worth knowing of servers that are not ours; nothing where they are. */
export const ofOthersServers = (
  { nats, replicas }: Pick<Config, 'nats' | 'replicas'>,
  maxPayload = 0,
): readonly string[] =>
  nats
    ? [acknowledgedBy(replicas), ...(maxPayload > MAX_PAYLOAD ? [tooMuch(maxPayload)] : [])]
    : [];
