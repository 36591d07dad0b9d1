/**
 * What an acknowledgement is worth on servers that are not ours. They tell nobody but their own
 * administrators whether they flush before they acknowledge, and by default they do not.
 */
export const acknowledgedBy = (replicas: number): string =>
  `whether these NATS servers flush before they acknowledge cannot be asked from here. With sync_interval: always an acknowledged command is on disk${replicas > 1 ? ' of a majority' : ''}; without it, it is in the memory of ${replicas > 1 ? 'a majority' : 'the server'} and a power cut takes the last two minutes with it`;
